import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestOf } from '../fixtures.ts';
import { enveloped as envelopeOf, message } from '../written/test-protobuf.ts';
import { type ReviewKind, reviewKind } from './kind.ts';
import { MAX_REVIEW_BYTES, readWrittenReview } from './written.ts';

const at = '/apis/authorization.k8s.io/v1';
const TARGETS: Record<ReviewKind, string> = {
  SelfSubjectAccessReview: `${at}/selfsubjectaccessreviews`,
  SelfSubjectRulesReview: `${at}/selfsubjectrulesreviews`,
  SubjectAccessReview: `${at}/subjectaccessreviews`,
  LocalSubjectAccessReview: `${at}/namespaces/shop/localsubjectaccessreviews`,
};
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

function read(kind: ReviewKind, body: string | Uint8Array, type?: string) {
  const request = requestOf('POST', TARGETS[kind]);
  expect(reviewKind(request)).toBe(kind);
  return readWrittenReview(kind, typeof body === 'string' ? Buffer.from(body) : body, type, request);
}
const json = (kind: ReviewKind, spec: unknown, more: object = {}) =>
  read(kind, JSON.stringify({ kind, apiVersion: 'authorization.k8s.io/v1', spec, ...more }));

const enveloped = (kind: ReviewKind, raw: Uint8Array, apiVersion = 'authorization.k8s.io/v1') =>
  envelopeOf(apiVersion, kind, raw);
/** As gogo prints it: every string, also an empty one. */
const attributes = (verb: string, resource: string) =>
  message([1, 'shop'], [2, verb], [3, ''], [4, ''], [5, resource], [6, ''], [7, 'web']);
const META = message([1, ''], [2, ''], [3, ''], [8, '']);
const pods = { namespace: 'shop', verb: 'get', resource: 'pods' };

describe('in JSON', () => {
  test('what kubectl prints is read, empty parts and all', () => {
    const more = { metadata: { creationTimestamp: null }, status: { allowed: false } };
    expect(json('SelfSubjectAccessReview', { resourceAttributes: pods }, more)).toEqual({
      kind: 'SelfSubjectAccessReview',
      access: { resourceAttributes: pods },
      subject: undefined,
    });
    expect(json('SelfSubjectRulesReview', { namespace: 'shop' }, more)).toEqual({
      kind: 'SelfSubjectRulesReview',
      namespace: 'shop',
    });
    const path = { path: '/version', verb: 'get' };
    expect(
      json('SelfSubjectAccessReview', { nonResourceAttributes: path, resourceAttributes: null }),
    ).toMatchObject({
      access: { nonResourceAttributes: path },
    });
  });

  test('a subject is read where the kind has one', () => {
    const spec = { resourceAttributes: pods, user: 'a', groups: ['b'], uid: 'c', extra: { d: ['e'] } };
    for (const kind of ['SubjectAccessReview', 'LocalSubjectAccessReview'] as const)
      expect(json(kind, spec)).toMatchObject({
        access: { resourceAttributes: pods },
        subject: { user: 'a', groups: ['b'], uid: 'c', extra: { d: ['e'] } },
      });
  });

  test.each<[string, ReviewKind, unknown, object, RegExp]>([
    ['nothing that is asked', 'SelfSubjectAccessReview', {}, {}, /not exactly one of/],
    [
      'both',
      'SelfSubjectAccessReview',
      { resourceAttributes: pods, nonResourceAttributes: {} },
      {},
      /not exactly/,
    ],
    [
      'another user',
      'SelfSubjectAccessReview',
      { resourceAttributes: pods, user: 'root' },
      {},
      /its spec\.user is not a field/,
    ],
    [
      'a field of a later version',
      'SelfSubjectAccessReview',
      { resourceAttributes: { ...pods, clusters: [] } },
      {},
      /clusters is not/,
    ],
    [
      'a name in other letters',
      'SelfSubjectAccessReview',
      { ResourceAttributes: pods },
      {},
      /ResourceAttributes is not/,
    ],
    ['what is no text', 'SelfSubjectAccessReview', { resourceAttributes: { ...pods, verb: 1 } }, {}, /verb/],
    [
      'another kind',
      'SelfSubjectAccessReview',
      { resourceAttributes: pods },
      { kind: 'SubjectAccessReview' },
      /its kind/,
    ],
    [
      'another version',
      'SelfSubjectAccessReview',
      { resourceAttributes: pods },
      { apiVersion: 'authorization.k8s.io/v1beta1' },
      /its apiVersion/,
    ],
    ['no namespace', 'SelfSubjectRulesReview', {}, {}, /namespace is missing/],
    ['an empty one', 'SelfSubjectRulesReview', { namespace: '' }, {}, /namespace is missing/],
    [
      'another namespace than its URL',
      'LocalSubjectAccessReview',
      { resourceAttributes: { ...pods, namespace: 'agents' }, user: 'a' },
      {},
      /is not the URL's/,
    ],
    ['no spec', 'SelfSubjectAccessReview', undefined, {}, /its spec is missing/],
  ])('is refused with %s', (_, kind, spec, more, why) => {
    expect(json(kind, spec, more)).toMatchObject({
      code: 'MalformedBody',
      message: expect.stringMatching(why),
    });
  });

  test.each([
    ['', undefined, 'MalformedBody'],
    ['[]', undefined, 'MalformedBody'],
    ['{"spec":{},"spec":{}}', 'application/json', 'MalformedBody'],
    ['spec: {}', 'application/yaml', 'MalformedBody'],
    ['{}', 'application/cbor', 'UnsupportedMediaType'],
    [' '.repeat(MAX_REVIEW_BYTES + 1), undefined, 'TooLarge'],
  ])('%j of type %s is %s', (body, type, code) => {
    expect(read('SelfSubjectAccessReview', body, type)).toMatchObject({ kind: 'refusal', code });
  });
});

describe('in protobuf', () => {
  const review = (spec: Uint8Array, kind: ReviewKind = 'SelfSubjectAccessReview') =>
    read(kind, enveloped(kind, message([1, META], [2, spec], [3, message([2, ''], [3, ''])])), PROTOBUF);

  test('what client-go prints is read as its JSON would be', () => {
    expect(review(message([1, attributes('get', 'pods')]))).toMatchObject({
      kind: 'SelfSubjectAccessReview',
      access: { resourceAttributes: { namespace: 'shop', verb: 'get', resource: 'pods', name: 'web' } },
      subject: undefined,
    });
    expect(review(message([1, 'shop']), 'SelfSubjectRulesReview')).toMatchObject({ namespace: 'shop' });
    const requirement = message([1, 'metadata.name'], [2, 'In'], [3, 'a'], [3, 'b']);
    const selecting = message([5, 'pods'], [2, 'list'], [8, message([1, ''], [2, requirement])]);
    expect(review(message([1, selecting]))).toMatchObject({
      access: {
        resourceAttributes: {
          fieldSelector: { requirements: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }] },
        },
      },
    });
    const of = message(
      [1, attributes('get', 'pods')],
      [3, 'someone'],
      [4, 'g'],
      [5, message([1, 'k'])],
      [6, ''],
    );
    expect(review(of, 'LocalSubjectAccessReview')).toMatchObject({
      subject: { user: 'someone', groups: ['g'], extra: expect.anything() },
    });
  });

  test.each<[string, Uint8Array]>([
    ['an unknown field', message([1, attributes('get', 'pods')], [7, 'x'])],
    ['a subject', message([1, attributes('get', 'pods')], [3, 'root'])],
    ['one field twice', message([1, attributes('get', 'pods')], [1, attributes('delete', 'pods')])],
    ['a verb twice', message([1, message([2, 'get'], [2, 'delete'])])],
    ['a number', message([1, Buffer.from([0x10, 0x01])])],
    ['what is not UTF-8', message([1, message([2, Buffer.from([0xff])])])],
    ['what is cut short', message([1, Buffer.from([0x12, 0x7f])])],
  ])('is refused with %s', (_, spec) => {
    expect(review(spec)).toMatchObject({
      code: 'MalformedBody',
      message: expect.stringMatching(/last field/),
    });
  });

  test('another kind in the envelope is refused', () => {
    const raw = message([2, message([1, attributes('get', 'pods')])]);
    const as = (kind: ReviewKind, version?: string) =>
      read('SelfSubjectAccessReview', enveloped(kind, raw, version), PROTOBUF);
    expect(as('SelfSubjectAccessReview')).toMatchObject({ kind: 'SelfSubjectAccessReview' });
    expect(as('SubjectAccessReview')).toMatchObject({ code: 'MalformedBody' });
    expect(as('SelfSubjectAccessReview', 'v1')).toMatchObject({ code: 'MalformedBody' });
  });

  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        for (const kind of Object.keys(TARGETS) as ReviewKind[])
          read(kind, Buffer.concat([Buffer.from('k8s\0'), bytes]), PROTOBUF);
      }),
      { numRuns: 200 },
    );
  });
});
