import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyMask } from './mask.ts';

test('each byte goes under the byte of the mask that is its turn, wherever a payload is cut, and none beside it', () => {
  const payload = fc.uint8Array({ maxLength: 80 });
  const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(payload, mask, fc.nat(1000), fc.nat(7), fc.nat(7), (bytes, key, from, before, after) => {
      const expected = bytes.map((byte, i) => byte ^ (key[(from + i) % 4] ?? 0));
      const amid = new Uint8Array(before + bytes.length + after).fill(0x55);
      amid.set(bytes, before);
      applyMask(amid.subarray(before, before + bytes.length), key, from);
      expect(amid.subarray(before, before + bytes.length)).toEqual(expected);
      const beside = [...amid.subarray(0, before), ...amid.subarray(before + bytes.length)];
      expect(beside.every((byte) => byte === 0x55)).toBe(true);
    }),
  );
});
