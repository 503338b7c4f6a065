import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createListCutter } from './list-cutter.ts';

const utf8 = new TextEncoder();

/** What is kept of a list whose pieces end at these places. */
function kept(text: string, ...ends: readonly number[]): string {
  const bytes = utf8.encode(text);
  const all: number[] = [];
  const cutter = createListCutter(
    {
      begins: () => ({ skipsValues: true }),
      take: (part) => all.push(...part.bytes, ...(part.isRun ? [0x7c] : [])),
    },
    1_000,
  );
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    cutter.cut(bytes.subarray(from, end));
    from = end;
  }
  return new TextDecoder().decode(Uint8Array.from(all)).replaceAll('|', '');
}

const items = (...elements: readonly string[]) => `{"kind":"SecretList","items":[${elements.join(',')}]}`;
const rows = (...elements: readonly string[]) => `{"kind":"Table","rows":[${elements.join(',')}]}`;

describe('values of a list', () => {
  const text = fc.string({ unit: fc.constantFrom('"', '\\', 'a', '}', 'é', 'x'.repeat(50)), maxLength: 9 });
  const key = fc.oneof(
    fc.string({ unit: fc.constantFrom('k', '.', '-'), maxLength: 40 }),
    fc.constant('release'),
  );
  const values = fc.dictionary(key, text, { maxKeys: 3 });
  const blank = (all: Record<string, string>) =>
    Object.fromEntries(Object.entries(all).map(([at, value]) => [at, at === 'release' ? value : '']));

  it.each<[string, (...elements: readonly string[]) => string, (data: unknown) => unknown]>([
    ['items', items, (data) => ({ metadata: { data: { a: 'shown' } }, data, type: 'data' })],
    ['rows', rows, (data) => ({ cells: ['data'], object: { kind: 'Secret', data, type: 'object' } })],
  ])(
    'are skipped in its %s, but for a release, and nothing else is, wherever it is cut',
    (_, list, element) => {
      fc.assert(
        fc.property(fc.array(values, { maxLength: 3 }), (all) => {
          const [whole, expected] = [all, all.map(blank)].map((it) =>
            list(...it.map((data) => JSON.stringify(element(data)))),
          );
          for (let end = 0; end <= utf8.encode(whole).length; end++)
            expect(kept(whole as string, end)).toBe(expected);
          expect(kept(whole as string, ...utf8.encode(whole).keys())).toBe(expected);
        }),
        { numRuns: 25 },
      );
    },
  );

  it.each([
    ['white space before a colon', items('{ "data" :{"a" : "x"}}'), items('{ "data" :{"a" : "x"}}')],
    [
      'white space behind it',
      items('{ "data": { "a":\n "x", "b": "y" } }'),
      items('{ "data": { "a":\n "", "b": "" } }'),
    ],
    ['data twice', items('{"data":{"a":"x"},"data":{"b":"y"}}'), items('{"data":{"a":""},"data":{"b":""}}')],
  ])('are skipped where they are certain to be some: %s', (_, whole, expected) => {
    expect(kept(whole)).toBe(expected);
    expect(kept(whole, ...utf8.encode(whole).keys())).toBe(expected);
  });

  it.each([
    ['those of no element', '{"items":[],"data":{"a":"x"}}'],
    ['those of an object that is no row', items('{"object":{"data":{"a":"x"}}}')],
    ['those of a row that is no object of one', rows('{"data":{"a":"x"}}')],
    ['deeper than that', items('{"data":{"a":{"b":"x"},"c":["x"]},"x":{"data":{"a":"x"}}}')],
    ['those of another field', items('{"stringData":{"a":"x"},"xdata":{"a":"x"},"data":"x","y":{"a":"x"}}')],
    [
      'those of a release, however it is spelled',
      items('{"data":{"release":"x","rel\\u0065ase":"x","\\u0072elease":"x"}}'),
    ],
    [
      'behind a key with an escape',
      items('{"data":{"\\u0061":"x"},"d\\u0061ta":{"a":"x"},"\\"data":{"a":"x"}}'),
    ],
    ['no texts', items('{"data":{"a":null,"b":1,"c":x"y"}}')],
  ])('are read where they are %s', (_, whole) => {
    expect(kept(whole)).toBe(whole);
    expect(kept(whole, ...utf8.encode(whole).keys())).toBe(whole);
  });
});
