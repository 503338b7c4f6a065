import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_VALUES } from './json.ts';
import { decodeSecret } from './protobuf-secret.ts';
import { joined, message, varint } from './test-protobuf.ts';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const json = (raw: Uint8Array) => {
  const read = decodeSecret(raw);
  return read.kind === 'decoded' ? JSON.parse(JSON.stringify(read.value)) : read;
};
const why = (raw: Uint8Array) => {
  const read = decodeSecret(raw);
  return read.kind === 'malformed' ? read.why : read.kind;
};

/** What k8s.io/api v0.36.3 writes of a Secret with every field set, and of an empty one: without envelope. */
const FULL =
  'CoECCgN3ZWISAndlGgRzaG9wIgIveCoEMGI5ZjICNDI4gYCAgICAgBBCCAj48YbYBhAASggI+PGG2AYQAFD///////////8BWgQKABIAWgYKAWESAWJiDgoEbm90ZRIGw6nwnYSeaiEKCkRlcGxveW1lbnQaA3dlYiIBMSoHYXBwcy92MTABOABqCAoAGgAiACoAchBleGFtcGxlLmNvbS9ob2xkcgCKAU0KA2FwcBIGVXBkYXRlGgJ2MSIICPjxhtgGEAAyCEZpZWxkc1YxOh4KHHsiZjpkYXRhIjp7Ii4iOnt9LCJmOmEiOnt9fX1CBnN0YXR1c4oBCgoAEgAaADIAQgASCQoBYRIEAAEC/xIJCgVlbXB0eRIAGgZPcGFxdWUiCgoBYhIFcGxhaW4oAA==';
const EMPTY = 'ChAKABIAGgAiACoAMgA4AEIAGgA=';

describe('what a typed Go client writes is read', () => {
  test('with every field that a Secret and its metadata have', () => {
    const read = decodeSecret(Buffer.from(FULL, 'base64'));
    expect(JSON.stringify(read.kind === 'decoded' && read.value)).toContain('"generation":9007199254740993,');
    expect(json(Buffer.from(FULL, 'base64'))).toEqual({
      metadata: {
        name: 'web',
        generateName: 'we',
        namespace: 'shop',
        selfLink: '/x',
        uid: '0b9f',
        resourceVersion: '42',
        generation: expect.any(Number),
        creationTimestamp: '2026-11-21T15:30:00Z',
        deletionTimestamp: '2026-11-21T15:30:00Z',
        deletionGracePeriodSeconds: -1,
        labels: { '': '', a: 'b' },
        annotations: { note: 'é𝄞' },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: 'web',
            uid: '1',
            controller: true,
            blockOwnerDeletion: false,
          },
          { apiVersion: '', kind: '', name: '', uid: '' },
        ],
        finalizers: ['example.com/hold', ''],
        managedFields: [
          {
            manager: 'app',
            operation: 'Update',
            apiVersion: 'v1',
            time: '2026-11-21T15:30:00Z',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
            subresource: 'status',
          },
          {},
        ],
      },
      immutable: false,
      data: { a: 'AAEC/w==', empty: '' },
      stringData: { b: 'plain' },
      type: 'Opaque',
    });
  });

  test('and of what is not set nothing', () => {
    expect(json(Buffer.from(EMPTY, 'base64'))).toEqual({ metadata: {} });
    expect(json(new Uint8Array())).toEqual({});
  });
});

const text = fc.string({ unit: 'binary', maxLength: 20 });
const key = fc.oneof(text, fc.constantFrom('__proto__', 'constructor'));
const entries = <T>(value: fc.Arbitrary<T>) =>
  fc.uniqueArray(fc.tuple(key, value), { selector: ([at]) => at, maxLength: 4 });
const map = (number: number, of: readonly (readonly [string, string | Uint8Array])[]) =>
  of.map(([at, value]) => [number, message([1, at], [2, value])] as const);
const asObject = (of: readonly (readonly [string, unknown])[]) => Object.fromEntries(of);

test('any data, metadata and order of fields is read as it was written', () => {
  fc.assert(
    fc.property(
      entries(fc.uint8Array({ maxLength: 70_000, size: 'max' })),
      entries(text),
      entries(text),
      fc.array(text, { maxLength: 3 }),
      fc.integer({ min: -(2 ** 53), max: 2 ** 53 }),
      fc.infiniteStream(fc.nat()),
      (data, stringData, annotations, finalizers, seconds, order) => {
        const grace = joined([varint(10 * 8), varint(BigInt.asUintN(64, BigInt(seconds)))]);
        const meta = joined([
          message(...map(12, annotations), ...finalizers.map((it) => [14, it] as const)),
          grace,
        ]);
        const fields = [[1, meta] as const, ...map(2, data), ...map(4, stringData), [5, 1] as const];
        const raw = message(
          ...fields
            .map((it) => [order.next().value, it] as const)
            .sort(([a], [b]) => a - b)
            .map(([, it]) => it),
        );
        const read = decodeSecret(raw);
        expect(read.kind === 'decoded' && JSON.parse(JSON.stringify(read.value))).toEqual(
          JSON.parse(
            JSON.stringify({
              metadata: {
                ...(annotations.length > 0 && { annotations: asObject(annotations) }),
                ...(finalizers.length > 0 && { finalizers }),
                deletionGracePeriodSeconds: seconds,
              },
              ...(data.length > 0 && { data: asObject(data.map(([at, value]) => [at, base64(value)])) }),
              ...(stringData.length > 0 && { stringData: asObject(stringData) }),
              immutable: true,
            }),
          ),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('any bytes, and any damage to what a client wrote, is read or refused, never thrown over', () => {
  const full = Buffer.from(FULL, 'base64');
  const damaged = fc
    .tuple(fc.nat(full.length - 1), fc.nat(255))
    .map(([at, byte]) => Uint8Array.from(full, (old, index) => (index === at ? byte : old)));
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (raw) => {
      expect(decodeSecret(raw).kind).toMatch(/^(decoded|malformed|unknownField)$/);
    }),
    { numRuns: 2000 },
  );
});

const meta = (...fields: Parameters<typeof message>) => message([1, message(...fields)]);
const entry = (...fields: Parameters<typeof message>) => meta([17, message(...fields)]);
const FOREVER = varint(2n ** 63n - 1n);

describe('is refused', () => {
  test.each([
    ['a field of a newer Kubernetes', message([6, 'x'])],
    ['one in its metadata', meta([16, 'x'])],
    ['one in an owner', meta([13, message([2, 'x'])])],
    ['one in an entry of its data', message([2, message([1, 'a'], [3, 'b'])])],
  ])('as unknown: %s', (_, raw) => {
    expect(why(raw)).toBe('unknownField');
  });

  test.each([
    ['metadata', joined([meta([1, 'a']), meta([1, 'a'])]), 'has metadata twice'],
    ['a type', message([3, 'a'], [3, 'a']), 'has type twice'],
    ['a type, first empty', message([3, ''], [3, 'a']), 'has type twice'],
    ['a name', meta([1, 'a'], [1, 'b']), 'has metadata.name twice'],
    ['immutable', message([5, 1], [5, 0]), 'has immutable twice'],
    [
      'a key of its data',
      message([2, message([1, 'a'])], [2, message([1, 'a'], [2, 'b'])]),
      'has a key of data twice',
    ],
    ['a key of an entry', message([2, message([1, 'a'], [1, 'b'])]), 'has data.key twice'],
    ['a value of an entry', message([4, message([2, 'a'], [2, 'b'])]), 'has stringData.value twice'],
  ])('what stands twice: %s', (_, raw, said) => {
    expect(why(raw)).toBe(`its body ${said}`);
  });

  test.each([
    ['a message that is a number', message([1, 5]), 'metadata'],
    ['a message that is cut', message([1, Uint8Array.of(8)]), 'metadata'],
    ['itself', Uint8Array.of(0x0b), 'the object'],
    ['a text that is a number', meta([1, 5]), 'metadata.name'],
    [
      'a text that is not UTF-8',
      meta([12, message([1, 'a'], [2, Uint8Array.of(0xff)])]),
      'metadata.annotations.value',
    ],
    ['data that are a number', message([2, message([1, 'a'], [2, 5])]), 'data.value'],
    [
      'data that are a fixed number',
      message([2, joined([message([1, 'a']), Uint8Array.of(0x15, 0, 0, 0, 0)])]),
      'data.value',
    ],
    ['a flag that is neither', message([5, 2]), 'immutable'],
    ['a flag that is a text', message([5, 'x']), 'immutable'],
    ['a flag of 64 bits', Uint8Array.of(0x29, 1, 0, 0, 0, 0, 0, 0, 0), 'immutable'],
    ['a number that is a text', meta([7, 'x']), 'metadata.generation'],
    [
      'a number of 64 fixed bits',
      message([1, Uint8Array.of(0x39, 1, 0, 0, 0, 0, 0, 0, 0)]),
      'metadata.generation',
    ],
    ['a time that is a number', meta([8, 5]), 'metadata.creationTimestamp'],
    ['a time beyond the years', meta([9, joined([varint(8), FOREVER])]), 'metadata.deletionTimestamp'],
    ['a time after the year 9999', meta([9, message([1, 253_402_300_800])]), 'metadata.deletionTimestamp'],
    ['fields that are no JSON', entry([7, message([1, '{'])]), 'metadata.managedFields.fieldsV1.raw'],
    ['fields that are no object', entry([7, message([1, '[]'])]), 'metadata.managedFields.fieldsV1.raw'],
    [
      'fields with a key twice',
      entry([7, message([1, '{"a":1,"a":2}'])]),
      'metadata.managedFields.fieldsV1.raw',
    ],
  ])('what cannot be read: %s', (_, raw, where) => {
    expect(why(raw)).toBe(`its body is in protobuf that cannot be read: ${where}`);
  });

  test('more than the bound, however it is nested', () => {
    const owner = message([1, ''], [3, ''], [4, ''], [5, '']);
    const owners = Array(MAX_VALUES / 5).fill([13, owner] as const);
    expect(why(meta(...owners.slice(0, -2)))).toBe('decoded');
    expect(why(meta(...owners))).toBe(`its body has more than ${MAX_VALUES} keys and values`);
    const fields = `{"a":"${'x'.repeat(MAX_VALUES)}"}`;
    const entries = [17, message([7, message([1, fields])])] as const;
    expect(why(meta(entries))).toBe('decoded');
    expect(why(meta(entries, entries))).toMatch('cannot be read');
  });
});

test('a time is that of its seconds, and an empty one is none', () => {
  const at = (...fields: Parameters<typeof message>) => json(meta([8, message(...fields)])).metadata;
  expect(at([1, 1], [2, 5])).toEqual({ creationTimestamp: '1970-01-01T00:00:01Z' });
  expect(at([1, 253_402_300_799])).toEqual({ creationTimestamp: '9999-12-31T23:59:59Z' });
  expect(at()).toEqual({});
});
