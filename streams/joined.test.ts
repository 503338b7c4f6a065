import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closedUp, joined } from './joined.ts';

test('parts of one chunk are moved together where they lie, and nothing beside them is written over', () => {
  const gaps = fc.array(fc.tuple(fc.nat(3), fc.nat(20)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(gaps, (sizes) => {
      const size = sizes.reduce((sum, [gap, length]) => sum + gap + length, 4);
      const chunk = Uint8Array.from({ length: size }, (_, i) => i);
      let at = 0;
      const parts = sizes.map(([gap, length]) => {
        at += gap + length;
        return chunk.subarray(at - length, at);
      });
      const expected = joined(parts);
      const before = chunk.slice();
      const whole = closedUp(parts);
      expect(whole).toEqual(expected);
      expect(whole.buffer).toBe(chunk.buffer);
      expect(chunk.subarray(0, sizes[0]?.[0])).toEqual(before.subarray(0, sizes[0]?.[0]));
      expect(chunk.subarray(at)).toEqual(before.subarray(at));
    }),
  );
});

test('parts that lie elsewhere are copied', () => {
  const [one, other] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
  expect(closedUp([one.subarray(0, 2), other])).toEqual(Uint8Array.of(1, 2, 4));
  expect([one, other]).toEqual([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
  expect(closedUp([])).toEqual(new Uint8Array(0));
});
