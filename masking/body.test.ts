import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskBody, maskEvent } from './body.ts';
import { type HiddenPart, sentinel } from './sentinel.ts';
import {
  applied,
  appliedMetadata,
  bare,
  base64,
  everyBody,
  LAST_APPLIED,
  partial,
  survivors,
  type TestSecret,
  table,
  testHash,
  testSecret,
  toSecret,
} from './test-bodies.ts';

const hash = testHash('pod');
const sentence = (part: HiddenPart, key: string, uid = 'u-1') =>
  sentinel(hash, { uid, resourceVersion: '7' }, { part, key });
const hiding = { hash, reveal: false };
const revealing = { hash, reveal: true };

function shown(body: unknown): { value: unknown; count: number } {
  const outcome = maskBody(body, hiding);
  if (outcome.kind === 'unreadable') throw new Error(outcome.why);
  return outcome;
}

const seen = (body: unknown) => shown(body).value as ReturnType<typeof toSecret>;

const example: TestSecret = {
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: 'u-1',
    resourceVersion: '7',
    labels: { app: 'web' },
    creationTimestamp: null,
  },
  type: 'Opaque',
  values: { password: 'HUNTER-TWO', same: 'HUNTER-TWO', ['__proto__']: 'PROTO-VALUE' },
};

describe('a masked body', () => {
  it('holds no seeded value, raw or in base64, in any form the API server answers with', () => {
    fc.assert(
      fc.property(fc.array(testSecret, { maxLength: 3 }), (secrets) => {
        for (const body of everyBody(secrets)) expect(survivors(shown(body).value, secrets)).toEqual([]);
      }),
    );
  });

  it('is found out by the search above when it is not masked', () => {
    for (const body of everyBody([example]).slice(0, -1)) expect(survivors(body, [example])).not.toEqual([]);
  });

  it('keeps type, metadata, the names of keys and the number of items, and counts what it hid', () => {
    fc.assert(
      fc.property(testSecret, (it) => {
        const { value, count } = shown(toSecret(it));
        expect(value).toEqual({ ...toSecret(it), data: expect.anything() });
        expect(Object.keys((value as ReturnType<typeof toSecret>).data)).toEqual(Object.keys(it.values));
        expect(count).toBe(Object.keys(it.values).length);
      }),
    );
  });

  it('shows equal values differently in different keys and objects, and one value always alike', () => {
    const { password, same } = seen(toSecret(example)).data;
    expect(password).not.toBe(same);
    expect(password).toBe(btoa(sentence('data', 'password')));
    const elsewhere = { ...example, metadata: { ...example.metadata, uid: 'u-2' } };
    expect(seen(toSecret(elsewhere)).data.password).not.toBe(password);
    const changed = { ...example, values: { ...example.values, password: 'ANOTHER' } };
    expect(seen(toSecret(changed)).data.password).toBe(password);
  });

  it('hides values that are empty, null or of no type that a Secret has', () => {
    const odd = { ...toSecret(example), data: { a: '', b: null, c: { d: 'x' } } };
    const hidden = (key: string) => btoa(sentence('data', key));
    expect(seen(odd).data).toEqual({ a: hidden('a'), b: hidden('b'), c: hidden('c') });
  });

  it('is shown where it was never stored, with the sentinels of version 0', () => {
    const { resourceVersion: _, ...metadata } = example.metadata;
    const sentence = sentinel(hash, { uid: 'u-1', resourceVersion: '0' }, { part: 'data', key: 'password' });
    expect(seen({ ...toSecret(example), metadata }).data.password).toBe(btoa(sentence));
  });

  it('passes a Secret without data, and null where Go prints a nil map', () => {
    const { data: _, ...none } = toSecret(example);
    expect(seen(none)).toEqual(none);
    expect(seen({ ...none, data: null, immutable: true })).toEqual({ ...none, data: null, immutable: true });
  });
});

describe('an annotation of a tool that we do not know', () => {
  const noted = (text: string) =>
    (
      seen({
        ...toSecret(example),
        metadata: { ...example.metadata, annotations: { 'tool.example/state': text } },
      }).metadata.annotations as Record<string, string>
    )['tool.example/state'];

  const inBase64 = (value: string) => Buffer.from(value).toString('base64');

  it.each([
    ['that is an object', JSON.stringify(toSecret(example))],
    ['that is an array', ' [{"data":{}}]'],
    ['that is long', 'x'.repeat(257)],
    ['that is JSON in JSON', JSON.stringify(JSON.stringify({ data: { p: 'aHVudGVyMg==' } }))],
    ['that is YAML', 'data:\n  p: aHVudGVyMg==\n'],
    ['that is gzip', 'H4sIAAAAAAAA/6tWyk0FAC'],
    ['that is JSON in base64', btoa(' {"data":{"p":"x"}}')],
    ['that is YAML in base64 without padding', inBase64('data:\r\n  p: ü\r\n').replace(/=+$/, '')],
    ['that is JSON in base64 twice', btoa(inBase64('{"data":{"p":"ü"}}'))],
    ['that is JSON in base64 for URLs', 'eyJhIjoiPz8_In0'],
  ])('is hidden where it may be a copy: one %s', (_, text) => {
    expect(noted(text)).toBe(sentence('annotation', 'tool.example/state'));
  });

  it.each([
    'renewed by hand',
    'renewed by hand\n',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    'cert-manager-webhook-ca',
    'e2Fi',
    'letsencrypt/production',
    btoa('renewed by hand'),
    '2026-11-21T18:00:00Z',
    '5f0c3b1e-2d4a-4f6b-8c7d-9e0f1a2b3c4d',
  ])('is shown where it is a note: %s', (text) => {
    expect(noted(text)).toBe(text);
  });
});

describe('an annotation that copies the object', () => {
  const copyIn = (body: unknown) => {
    const annotations = seen(body).metadata.annotations as Record<string, string>;
    return annotations[LAST_APPLIED] ?? '';
  };
  const withCopy = (text: string) => ({
    ...toSecret(example),
    metadata: { ...example.metadata, annotations: { [LAST_APPLIED]: text } },
  });

  const inCopy = (field: string, key: string) => sentence('copy', JSON.stringify([LAST_APPLIED, field, key]));

  it('is masked inside, and does not tell whether it equals the live object', () => {
    const copy = JSON.parse(copyIn(toSecret(applied(example))));
    expect(copy.data.password).toBe(btoa(inCopy('data', 'password')));
    expect(copy.stringData.password).toBe(inCopy('stringData', 'password'));
    expect(copy.metadata.name).toBe('web');
  });

  it('is printed as Go prints it, with the line break that it had', () => {
    const metadata = { name: 'web', labels: { a: '<&>\u2028' } };
    const text = '{"metadata":{"name":"web","labels":{"a":"\\u003c\\u0026\\u003e\\u2028"}}}';
    expect(copyIn(withCopy(JSON.stringify({ metadata })))).toBe(text);
    expect(copyIn(withCopy(`${JSON.stringify({ metadata })}\n`))).toBe(`${text}\n`);
  });

  it.each([
    ['no JSON', 'password: HUNTER-TWO'],
    ['another shape', JSON.stringify({ ...toSecret(example), spec: 'HUNTER-TWO' })],
    ['another kind', JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: 'HUNTER-TWO' } })],
    ['a list', '["HUNTER-TWO"]'],
    ['nesting that no printer follows', `{"metadata":{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`],
  ])('is hidden whole where it holds %s', (_, text) => {
    expect(copyIn(withCopy(text))).toBe(sentence('annotation', LAST_APPLIED));
  });

  it('is masked inside a copy too', () => {
    const inner = { ...toSecret(example), metadata: appliedMetadata(example) };
    const masked = shown(withCopy(JSON.stringify(inner))).value as ReturnType<typeof withCopy>;
    expect(survivors(masked, [example])).toEqual([]);
    const { annotations } = JSON.parse(masked.metadata.annotations[LAST_APPLIED] ?? '').metadata;
    expect(annotations[LAST_APPLIED]).toBe(inCopy('annotations', LAST_APPLIED));
  });
});

it('leaves managedFields without what lies below data', () => {
  expect(seen(toSecret(applied(example))).metadata.managedFields).toEqual([
    { manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:type': {} } },
  ]);
});

describe('unreadable', () => {
  const secret = toSecret(example);
  const rows = table([example], partial);
  const { uid: _, ...noUid } = appliedMetadata(example);

  it.each<[string, unknown]>([
    ['null', null],
    ['a list at the top', [secret]],
    ['no kind', { ...secret, kind: undefined }],
    ['another kind', { ...secret, kind: 'ConfigMap' }],
    ['a kind that every object has a property of', { ...secret, kind: 'constructor' }],
    ['another version', { ...secret, apiVersion: 'v2' }],
    ['a field we do not know', { ...secret, binaryData: { a: 'b' } }],
    ['data that is no map', { ...secret, data: 'HUNTER-TWO' }],
    ['metadata that is none', { ...secret, metadata: 'x' }],
    ['a type that is no string', { ...secret, type: { a: 'HUNTER-TWO' } }],
    ['an annotation that is no string', { ...secret, metadata: { uid: 'u', annotations: { a: {} } } }],
    ['a value of an object without uid', { ...secret, metadata: { name: 'web' } }],
    ['a value of an object whose uid is empty', { ...secret, metadata: { uid: '' } }],
    ...['', '07', '-1', '1.5', '18446744073709551616', 'abc', 7].map<[string, unknown]>((resourceVersion) => [
      `a value of an object whose resourceVersion is ${JSON.stringify(resourceVersion)}`,
      { ...secret, metadata: { uid: 'u', resourceVersion } },
    ]),
    ['a copy in an object without uid', { ...secret, data: null, metadata: noUid }],
    [
      'an item of another kind',
      { kind: 'List', apiVersion: 'v1', metadata: {}, items: [{ ...secret, kind: 'Pod' }] },
    ],
    ['items that are no list', { kind: 'SecretList', apiVersion: 'v1', metadata: {}, items: { a: secret } }],
    ['a column more', { ...rows, columnDefinitions: [...rows.columnDefinitions, { name: 'Value' }] }],
    ['a column of another name', { ...rows, columnDefinitions: rows.columnDefinitions.toReversed() }],
    ['a cell more', { ...rows, rows: [{ cells: ['a', 'b', 1, '5d', 'HUNTER-TWO'], object: null }] }],
    ['a cell of another type', { ...rows, rows: [{ cells: ['a', 'b', 'HUNTER-TWO', '5d'], object: null }] }],
    ['a row with a field more', { ...rows, rows: [{ cells: ['a', 'b', 1, '5d'], value: 'HUNTER-TWO' }] }],
    ['a row of another object', { ...rows, rows: [{ cells: ['a', 'b', 1, '5d'], object: { kind: 'Pod' } }] }],
  ])('is %s', (_, body) => {
    const outcome = maskBody(body, hiding);
    expect(outcome.kind).toBe('unreadable');
    if (outcome.kind === 'unreadable') expect(outcome.why).not.toContain('HUNTER');
  });
});

describe('a watch event', () => {
  it('is masked whatever it carries', () => {
    fc.assert(
      fc.property(testSecret, fc.constantFrom('ADDED', 'MODIFIED', 'DELETED'), (it, type) => {
        for (const object of [toSecret(applied(it)), partial(it), table([it], partial)]) {
          const outcome = maskEvent({ type, object }, hiding);
          if (outcome.kind === 'unreadable') throw new Error(outcome.why);
          expect(survivors(outcome.value, [it])).toEqual([]);
          expect(outcome.value).toMatchObject({ type, object: { kind: object.kind } });
        }
      }),
    );
  });

  it.each<[string, unknown]>([
    [
      'a bookmark',
      { type: 'BOOKMARK', object: { kind: 'Secret', apiVersion: 'v1', metadata: { resourceVersion: '7' } } },
    ],
    [
      'an error',
      { type: 'ERROR', object: { kind: 'Status', apiVersion: 'v1', code: 410, reason: 'Expired' } },
    ],
    [
      'a Table without headers',
      { type: 'ADDED', object: { ...table([example], () => null), columnDefinitions: null } },
    ],
  ])('passes as it is: %s', (_, event) => {
    expect(maskEvent(event, hiding)).toEqual({ kind: 'masked', value: event, count: 0 });
  });

  it.each<[string, unknown]>([
    ['of another type', { type: 'RENAMED', object: toSecret(example) }],
    ['without a type', { object: toSecret(example) }],
    ['with a field more', { type: 'ADDED', object: toSecret(example), old: toSecret(example) }],
    ['of an error that is no Status', { type: 'ERROR', object: toSecret(example) }],
    [
      'of a list',
      { type: 'ADDED', object: { kind: 'SecretList', apiVersion: 'v1', items: [bare(example)] } },
    ],
    [
      'of a bookmark with values and no uid',
      { type: 'BOOKMARK', object: { ...bare(example), kind: 'Secret', metadata: {} } },
    ],
  ])('is unreadable %s', (_, event) => {
    expect(maskEvent(event, hiding).kind).toBe('unreadable');
  });
});

describe('under reveal', () => {
  const token = { ...example, type: 'kubernetes.io/service-account-token' };

  it.each<[string, unknown]>([
    ['a Secret', toSecret(applied(example))],
    ['a list', { kind: 'SecretList', apiVersion: 'v1', metadata: {}, items: [bare(example)] }],
    ['a Table of whole objects', table([example], toSecret)],
  ])('%s is shown as it is', (_, body) => {
    expect(maskBody(body, revealing)).toEqual({ kind: 'masked', value: body, count: 0 });
  });

  it('the token of a ServiceAccount stays hidden, in every form that says so', () => {
    for (const body of everyBody([token])) {
      const outcome = maskBody(body, revealing);
      if (outcome.kind === 'unreadable') throw new Error(outcome.why);
      expect(survivors(outcome.value, [token])).toEqual([]);
    }
    const event = maskEvent({ type: 'ADDED', object: toSecret(token) }, revealing);
    expect(event.kind === 'masked' && survivors(event.value, [token])).toEqual([]);
  });

  it('what does not say its type stays hidden', () => {
    const { type: _, ...untyped } = toSecret(example);
    const outcome = maskBody(untyped, revealing);
    expect(outcome.kind === 'masked' && survivors(outcome.value, [example])).toEqual([]);
    expect(maskBody(partial(example), revealing)).toEqual(maskBody(partial(example), hiding));
  });
});

it('encodes as Kubernetes does in the tests themselves', () => {
  expect(atob(base64('é'))).toBe('Ã©');
});
