import { expect, test } from 'vitest';
import type { Place } from '../masking/sentinel.ts';
import { changesOf } from './changed-places.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Made {
  readonly version?: string;
  readonly uid?: string;
  readonly data?: object;
  readonly annotations?: object;
  readonly kind?: string;
}
const secret = ({
  version = '1',
  uid = 'u',
  data = { a: base64('1'), b: base64('2') },
  annotations = {},
  kind = 'Secret',
}: Made = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'web', uid, resourceVersion: version, annotations },
  type: 'Opaque',
  data,
});
const live = (made: Made = {}) => ({
  bytes: Buffer.from(JSON.stringify(secret(made))),
  version: { uid: 'u', resourceVersion: '1' },
});
const data = (key: string): Place => ({ part: 'data', key });

test('what is written is changed, and what is as it was is not', () => {
  expect(changesOf(live(), secret({ version: '2' }), [])).toEqual({ to: '2', changed: [] });
  expect(changesOf(live(), secret({ version: '2' }), [data('a')])).toEqual({ to: '2', changed: [data('a')] });
});

test('so is what another has changed on its way, added or removed', () => {
  const after = secret({ version: '2', data: { a: base64('3'), c: base64('2') } });
  expect(changesOf(live(), after, [])).toEqual({ to: '2', changed: [data('a'), data('b'), data('c')] });
});

test('a copy is followed value by value, an annotation that is hidden whole as a whole', () => {
  const copy = (a: string, more: object = {}) => ({
    [LAST_APPLIED]: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'web', ...more },
      data: { a, b: base64('2') },
    }),
    'example.com/note': '{"hidden":1}',
    'example.com/short': 'shown',
  });
  const before = live({ annotations: copy(base64('1')) });
  const labelled = secret({ version: '2', annotations: copy(base64('1'), { labels: { of: 'a' } }) });
  expect(changesOf(before, labelled, [])).toEqual({ to: '2', changed: [] });
  const rewritten = { ...copy(base64('4')), 'example.com/note': '{"hidden":2}' };
  const changed = changesOf(before, secret({ version: '2', annotations: rewritten }), [])?.changed;
  expect(changed).toEqual([
    { part: 'copy', key: JSON.stringify([LAST_APPLIED, 'data', 'a']) },
    { part: 'annotation', key: 'example.com/note' },
  ]);
});

test('everything is, where the write says so', () => {
  expect(changesOf(live(), secret({ version: '2' }), 'all')).toEqual({
    to: '2',
    changed: [data('a'), data('b')],
  });
});

test('of a Secret with very many values nothing is told', () => {
  const many = (values: number) =>
    Object.fromEntries(Array.from({ length: values }, (_, at) => [`k${at}`, '']));
  const changes = (before: number, after: number) =>
    changesOf(live({ data: many(before) }), secret({ version: '2', data: many(after) }), []);
  expect(changes(4096, 4096)).toEqual({ to: '2', changed: [] });
  expect([changes(4097, 1), changes(1, 4097)]).toEqual([undefined, undefined]);
});

test('what is not that object, or cannot be read, tells nothing', () => {
  const newer = { ...secret({ version: '2' }), unknown: true };
  expect(changesOf(live(), newer, [])).toBeUndefined();
  for (const answer of [
    { kind: 'Status' },
    secret({ kind: 'Table' }),
    secret({ uid: 'other' }),
    null,
    'text',
  ])
    expect(changesOf(live(), answer, [])).toBeUndefined();
});
