import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBase64Decoder, printBase64 } from './base64.ts';
import { everyCut, joined, utf8 } from './test-frames.ts';

/** Undefined: it is no base64. */
function decoded(text: Uint8Array, cuts: readonly number[] = []): Uint8Array | undefined {
  const decode = createBase64Decoder();
  const places = [0, ...cuts, text.length];
  const pieces = places.slice(1).map((to, i) => decode(text.subarray(places[i] ?? 0, to), i === cuts.length));
  return pieces.some((piece) => piece === undefined)
    ? undefined
    : joined(pieces.flatMap((piece) => piece ?? []));
}

test('what is printed is read again, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = printBase64(bytes);
      expect(text).toEqual(utf8(Buffer.from(bytes).toString('base64')));
      for (const cuts of everyCut(text.length)) expect(decoded(text, cuts)).toEqual(bytes);
    }),
  );
});

test('pieces longer than an argument list may be are read and printed', () => {
  const bytes = Uint8Array.from({ length: 1_000_001 }, (_, i) => i * 7);
  const text = printBase64(bytes);
  expect(Buffer.from(text).equals(Buffer.from(Buffer.from(bytes).toString('base64')))).toBe(true);
  expect(Buffer.from(decoded(text) ?? []).equals(Buffer.from(bytes))).toBe(true);
});

test.each(['A', 'AA', 'AAA', 'AA=', '====', 'A===', 'AAA\n', 'AA-_', 'AAA=AAAA', 'AA==AA==', 'Ä==='])(
  '%j is none, wherever it is cut',
  (text) => {
    const wire = utf8(text);
    for (const cuts of everyCut(wire.length)) expect(decoded(wire, cuts)).toBeUndefined();
  },
);
