import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_FIELDS, readFields } from './protobuf.ts';
import { joined, message, varint } from './test-protobuf.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test('the fields of a message are read in their order', () => {
  const wire = joined([
    message([1, 150], [2, 'testing'], [2, bytes()], [536870911, 0]),
    bytes(0x19, 1, 0, 0, 0, 0, 0, 0, 0x80),
    bytes(0x25, 0xff, 0xff, 0xff, 0xff),
  ]);
  expect(readFields(wire)).toEqual([
    { number: 1, wireType: 0, value: 150n },
    { number: 2, wireType: 2, value: new TextEncoder().encode('testing') },
    { number: 2, wireType: 2, value: bytes() },
    { number: 536870911, wireType: 0, value: 0n },
    { number: 3, wireType: 1, value: 0x8000000000000001n },
    { number: 4, wireType: 5, value: 0xffffffffn },
  ]);
  expect(readFields(bytes())).toEqual([]);
  expect(readFields(joined([bytes(8), varint(2n ** 64n - 1n)]))).toEqual([
    { number: 1, wireType: 0, value: 2n ** 64n - 1n },
  ]);
});

test('what a message holds is read back, at any place of a larger buffer', () => {
  const field = fc.tuple(
    fc.integer({ min: 1, max: 2 ** 29 - 1 }),
    fc.oneof(fc.nat(), fc.uint8Array({ maxLength: 300 })),
  );
  fc.assert(
    fc.property(fc.array(field), fc.nat(9), (fields, before) => {
      const wire = joined([new Uint8Array(before), message(...fields), new Uint8Array(9)]);
      const read = readFields(wire.subarray(before, wire.length - 9));
      expect(
        read?.map(({ number, value }) => [number, typeof value === 'bigint' ? Number(value) : value]),
      ).toEqual(fields);
    }),
  );
});

test('any bytes are read or refused, never thrown over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
      const fields = readFields(input);
      for (const field of fields ?? []) expect(field.number).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['is cut in a tag', bytes(0x80)],
  ['is cut before its value', bytes(0x08)],
  ['is cut in a varint', bytes(0x08, 0x80)],
  ['is cut in bytes', bytes(0x0a, 2, 0)],
  ['is cut in 64 bits', bytes(0x09, 0, 0, 0, 0, 0, 0, 0)],
  ['is cut in 32 bits', bytes(0x0d, 0, 0, 0)],
  ['has a length beyond any buffer', joined([bytes(0x0a), varint(2n ** 63n)])],
  ['has a varint of eleven bytes', bytes(0x08, ...Array(10).fill(0x80), 0)],
  ['has a varint beyond 64 bits, of which Go drops the rest', bytes(0x08, ...Array(9).fill(0xff), 2)],
  ['has the field number 0', bytes(0x00, 0)],
  ['has a field number that Go would wrap to 1', joined([varint((2n ** 32n + 1n) * 8n), bytes(0)])],
  ['has a field number beyond 29 bits', joined([varint(2n ** 29n * 8n), bytes(0)])],
  ['begins a group', bytes(0x0b, 0x0c)],
  ['ends a group', bytes(0x0c)],
  ['has a wire type that is none', bytes(0x0e)],
  ['has more fields than the bound', joined(Array(MAX_FIELDS + 1).fill(bytes(0x08, 0)))],
])('a message is refused that %s', (_, wire) => {
  expect(readFields(wire)).toBeUndefined();
});
