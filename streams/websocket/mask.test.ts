import fc from 'fast-check';
import { expect, test } from 'vitest';
import { masked } from './mask.ts';

test('each byte goes under the byte of the mask that is its turn, wherever a payload is cut', () => {
  const payload = fc.uint8Array({ maxLength: 40 });
  const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(payload, mask, fc.nat(1000), fc.nat(7), (bytes, key, from, before) => {
      const expected = bytes.map((byte, i) => byte ^ (key[(from + i) % 4] ?? 0));
      const amid = new Uint8Array(before + bytes.length);
      amid.set(bytes, before);
      expect(masked(amid.subarray(before), key, from)).toEqual(expected);
      expect(masked(expected, key, from)).toEqual(bytes);
    }),
  );
});

test('a copy is masked, of a Buffer too', () => {
  const bytes = Buffer.from([1, 2, 3, 4, 5]);
  masked(bytes, Uint8Array.of(1, 1, 1, 1));
  expect(bytes).toEqual(Buffer.from([1, 2, 3, 4, 5]));
});
