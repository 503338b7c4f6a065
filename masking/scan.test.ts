import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createScan } from './scan.ts';

const utf8 = new TextEncoder();
/** Long enough that the end of a text is looked for in both ways. */
const text = fc.string({
  unit: fc.constantFrom('\\', '"', 'a', 'é', '[,', '{:}', 'x'.repeat(47)),
  maxLength: 30,
});
const json = fc
  .letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.array(tie('value')),
      fc.dictionary(text, tie('value')),
    ),
  }))
  .value.map((it) => JSON.stringify(it));

/** Every mark with its depth, by each byte alone; and how many values begin. */
function slowly(bytes: Uint8Array) {
  const marks: [at: number, depth: number][] = [];
  let [depth, values, inText, escaped] = [0, 0, false, false];
  for (const [at, byte] of bytes.entries()) {
    const mark = String.fromCharCode(byte);
    if (escaped) escaped = false;
    else if (inText && mark === '\\') escaped = true;
    else if (mark === '"') inText = !inText;
    else if (!inText && '[{]},:'.includes(mark)) {
      depth += '[{'.includes(mark) ? 1 : ']}'.includes(mark) ? -1 : 0;
      values += ']}'.includes(mark) ? 0 : 1;
      marks.push([at, depth]);
    }
  }
  return { marks, values };
}

function inPieces(bytes: Uint8Array, cuts: readonly number[], upTo: number) {
  const scan = createScan();
  const marks: [at: number, depth: number][] = [];
  let from = 0;
  for (const end of [...cuts.map((it) => it % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    const piece = bytes.subarray(from, end);
    for (let at = scan.next(piece, 0, upTo); at !== -1; at = scan.next(piece, at + 1, upTo))
      marks.push([from + at, scan.depth]);
    from = end;
  }
  return { marks, values: scan.takeValues() };
}

it('finds every mark outside of texts, however they are escaped and wherever the pieces are cut', () => {
  fc.assert(
    fc.property(json, fc.array(fc.nat(), { maxLength: 4 }), fc.constantFrom(1, 2, 99), (it, cuts, upTo) => {
      const bytes = utf8.encode(it);
      const { marks, values } = slowly(bytes);
      const expected = { marks: marks.filter(([, depth]) => depth <= upTo), values };
      expect(inPieces(bytes, cuts, upTo)).toEqual(expected);
      expect(inPieces(bytes, [...bytes.keys()], upTo)).toEqual(expected);
      expect(inPieces(Buffer.from(bytes), cuts, upTo)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

it('finds where a text ends, wherever the pieces are cut, and goes on from there', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 4 }), (it, cuts) => {
      const bytes = utf8.encode(`${JSON.stringify(it)},`);
      const ends = [...cuts.map((at) => at % (bytes.length + 1)).filter((at) => at > 0), bytes.length];
      const scan = createScan();
      let [from, found] = [1, -1];
      for (const end of ends.sort((a, b) => a - b)) {
        const piece = bytes.subarray(from, end);
        const at = scan.endOfText(piece, 0);
        found = from + at;
        if (at !== -1)
          expect(scan.next(bytes.subarray(0, end), found, 9)).toBe(end === bytes.length ? end - 1 : -1);
        if (at !== -1) break;
        from = end;
      }
      expect(found).toBe(bytes.length - 2);
    }),
  );
});

it('takes no longer for a text of many escapes than for any other', () => {
  const bytes = utf8.encode(`"${'\\"'.repeat(2_000_000)}${'\\\\'.repeat(2_000_000)}"`);
  const before = process.cpuUsage();
  expect(createScan().next(bytes, 0, 9)).toBe(-1);
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
});
