import { describe, expect, test } from 'vitest';
import { readApiRequest } from '../../policy/api-request.ts';
import type { AuditEvent } from '../cluster/audit.ts';
import type { Exchanged } from './exchange.ts';
import { requestOf } from './requests.ts';
import { verdictOn } from './verdict.ts';

const ME = 'system:serviceaccount:shop:asker';
const target = '/api/v1/namespaces/shop/pods';
const objectRef = { apiVersion: 'v1', namespace: 'shop', resource: 'pods' };

const event = (differing: Partial<AuditEvent> = {}): AuditEvent => ({
  auditID: 'a',
  stage: 'ResponseComplete',
  requestURI: target,
  verb: 'list',
  user: { username: ME },
  objectRef,
  responseStatus: { code: 403 },
  requestReceivedTimestamp: '',
  stageTimestamp: '',
  ...differing,
});

/** What both understand as a list of pods, but for what a test changes. */
function exchanged({ heard = {}, printed = {}, ...differing }: Changes = {}): Exchanged {
  const request = readApiRequest('GET', target);
  if (request.kind === 'refusal') throw new Error(request.message);
  return {
    raw: requestOf('h1', 'GET', target),
    ours: { kind: 'read', request, headers: [] },
    heard: { status: 403, events: [event()], ...heard },
    printed: { status: 403, events: [event()], ...printed },
    ...differing,
  };
}

interface Changes {
  readonly heard?: Partial<Exchanged['heard']>;
  readonly printed?: Partial<Exchanged['heard']>;
  readonly ours?: Exchanged['ours'];
}

const verdict = (changes?: Changes) => verdictOn(exchanged(changes), ME);
const refused = { kind: 'refused', reason: 'MalformedTarget: its path has a dot segment' } as const;

test('one understanding is no finding, also where the API server refuses the bytes as they are', () => {
  expect(verdict()).toEqual({ kind: 'same' });
  expect(verdict({ heard: { status: 400, events: [] } })).toEqual({ kind: 'mended' });
  expect(verdict({ heard: { status: 0, events: [] } })).toEqual({ kind: 'mended' });
});

test('what the API server gives up before it asks who is there has no user, and is compared all the same', () => {
  const user = {} as AuditEvent['user'];
  const early = { status: 400, events: [event({ user, responseStatus: { code: 400 } })] };
  expect(verdict({ heard: early, printed: early })).toEqual({ kind: 'same' });
  const other = { status: 400, events: [event({ user, responseStatus: { code: 400 }, verb: 'watch' })] };
  expect(verdict({ heard: other, printed: early })).toMatchObject({ kind: 'more' });
});

describe('it is more', () => {
  const understood: [string, Partial<AuditEvent>][] = [
    ['another verb', { verb: 'watch' }],
    ['another namespace', { objectRef: { ...objectRef, namespace: 'kube-system' } }],
    ['all namespaces', { objectRef: { apiVersion: 'v1', resource: 'pods' } }],
    ['one name', { objectRef: { ...objectRef, name: 'web' } }],
    ['a subresource', { objectRef: { ...objectRef, subresource: 'exec' } }],
    ['another group', { objectRef: { ...objectRef, apiGroup: 'apps' } }],
    ['no resource', { objectRef: undefined as never }],
    ['another user', { user: { username: 'system:anonymous' } }],
    ['an impersonated user', { impersonatedUser: { username: 'jane' } }],
  ];
  test.each(understood)('where either the bytes or the print are understood as %s', (_, differing) => {
    const events = [event(differing)];
    expect(verdict({ heard: { events } })).toMatchObject({ why: 'it is understood as something else' });
    expect(verdict({ printed: { events } })).toMatchObject({ kind: 'more', why: /its print is understood/ });
    expect(verdict({ heard: { events: [event(), ...events] } })).toMatchObject({ kind: 'more' });
  });

  test('where the print is not understood, has another query, or gets another answer', () => {
    expect(verdict({ printed: { events: [] } })).toMatchObject({ why: 'its print is not understood' });
    const requestURI = `${target}?watch=1`;
    expect(verdict({ printed: { events: [event({ requestURI })] } })).toMatchObject({ kind: 'more' });
    expect(verdict({ printed: { status: 200 } })).toMatchObject({ why: 'its print is answered otherwise' });
  });

  test('where something was answered that is not in the log, whatever we say', () => {
    expect(verdict({ heard: { status: 200, events: [] } })).toMatchObject({ kind: 'more' });
    expect(verdict({ ours: refused, heard: { status: 200, events: [] } })).toMatchObject({ kind: 'more' });
  });
});

test('a refusal of ours is counted by its reason, unless the API server refuses too', () => {
  expect(verdict({ ours: refused })).toEqual({ kind: 'refused', reason: refused.reason });
  expect(verdict({ ours: refused, heard: { status: 400, events: [] } })).toEqual({ kind: 'refusedByBoth' });
  const unauthorized = { status: 401, events: [event({ responseStatus: { code: 401 } })] };
  expect(verdict({ ours: refused, heard: unauthorized })).toEqual({ kind: 'refusedByBoth' });
});
