import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_DEPTH, MAX_VALUES, readStrictJson } from './json.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readStrictJson(encode(text));
const whyNot = (text: string) => {
  const outcome = read(text);
  return outcome.kind === 'malformed' ? outcome.why : outcome.value;
};
const printed = (text: string) => {
  const outcome = read(text);
  return outcome.kind === 'json' ? JSON.stringify(outcome.value) : outcome.why;
};

describe('a JSON text is read', () => {
  test('to the value that JSON.parse gives', () => {
    const spaced = fc.tuple(fc.jsonValue(), fc.constantFrom(0, 1, 2, '\t'));
    fc.assert(
      fc.property(spaced, ([value, space]) => {
        const text = JSON.stringify(value, null, space);
        const outcome = read(text);
        expect(outcome).toEqual({ kind: 'json', value: JSON.parse(text) });
        if (outcome.kind === 'json')
          expect(JSON.stringify(outcome.value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test('so that its print reads the same again', () => {
    const odd = fc.constantFrom(
      '1.0',
      '-0',
      '1E+2',
      '9223372036854775807',
      '"\\u0041\\/\\ud83d\\ude00"',
      '{"__proto__":[]}',
    );
    const list = fc.array(fc.oneof(odd, fc.json({ maxDepth: 2 }))).map((parts) => `[${parts.join(' , ')}]`);
    fc.assert(
      fc.property(list, (text) => {
        const once = printed(text);
        expect(printed(once)).toBe(once);
        expect(JSON.parse(once)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('with every number as it was written', () => {
    const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }).map(String);
    const decimal = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n));
    const odd = fc.constantFrom('1.0', '-0', '-0.0', '1E+2', '0.10', '1e-7', '1e-400');
    fc.assert(
      fc.property(fc.array(fc.oneof(integer, decimal, odd)), (numbers) => {
        expect(printed(`[${numbers.join(',')}]`)).toBe(`[${numbers.join(',')}]`);
      }),
    );
  });

  test('with its keys in their order, and __proto__ a key like any other', () => {
    const text = '{"b":1,"a":{"__proto__":{"c":1}},"constructor":2,"toString":null,"hasOwnProperty":3,"":4}';
    expect(printed(text)).toBe(text);
    expect(({} as { c?: number }).c).toBeUndefined();
  });

  test('whatever the bytes are: it never throws', () => {
    const bytes = fc.uint8Array({ maxLength: 64 });
    const nearly = fc
      .string({ unit: fc.constantFrom(...'{}[],:"\\ue0d81.-+tfn \n\u0000é😀'), maxLength: 64 })
      .map(encode);
    fc.assert(
      fc.property(fc.oneof(bytes, nearly), (input) => {
        const outcome = readStrictJson(input);
        let parsed: unknown;
        try {
          parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input));
        } catch {
          expect(outcome.kind).toBe('malformed');
          return;
        }
        // What JSON.parse takes and this does not has a reason of its own.
        if (outcome.kind === 'json') expect(JSON.parse(JSON.stringify(outcome.value))).toEqual(parsed);
        else expect(outcome.why).toMatch(/twice|surrogate|is not JSON/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a text is malformed that', () => {
  test.each([
    ['has a key twice', '{"a":1,"b":2,"a":3}', 'its body has the key "a" twice'],
    [
      'has a key twice, deep in it',
      '{"a":[{},{"b":{"c":1,"c":1}}]}',
      'its body has the key "a[1].b.c" twice',
    ],
    ['has a key twice in two spellings', '{"name":1,"n\\u0061me":2}', 'its body has the key "name" twice'],
    [
      'has the key __proto__ twice',
      '{"__proto__":1,"__proto__":2}',
      'its body has the key "__proto__" twice',
    ],
    [
      'has a key twice that tells a story',
      '{"\\u001b[2J\\"":1,"\\u001b[2J\\"":2}',
      'its body has the key "\\u{1b}[2J\\"" twice',
    ],
    [
      'has half of a surrogate pair',
      '["\\ud800"]',
      'its body holds half of a surrogate pair, which is no character',
    ],
    [
      'has a pair the wrong way round',
      '["\\ude00\\ud83d"]',
      'its body holds half of a surrogate pair, which is no character',
    ],
    ['begins with a byte order mark', '\ufeff{}', 'its body is not JSON at character 1'],
    ['is empty', '', 'its body is not JSON: it ends too early'],
    ['ends too early', '{"a":[1,', 'its body is not JSON: it ends too early'],
    ['goes on after its end', '{} {}', 'its body is not JSON at character 4'],
    ['has a comma too many', '[1,]', 'its body is not JSON at character 4'],
    ['has a key without quotes', '{a:1}', 'its body is not JSON at character 2'],
    ['closes what is not open', '[1}', 'its body is not JSON at character 3'],
    ['has a control character in a string', '["a\nb"]', 'its body is not JSON at character 2'],
    ['has an unknown escape', '["\\x41"]', 'its body is not JSON at character 2'],
    ['has a number with a leading zero', '[01]', 'its body is not JSON at character 3'],
    ['has a number beyond a double', '[1e400]', 'its body is not JSON at character 2'],
    ['has a word that is none', '[nul]', 'its body is not JSON at character 2'],
    ['has a space that JSON does not know', '[\u00a01]', 'its body is not JSON at character 2'],
  ])('%s', (_, text, why) => {
    expect(whyNot(text)).toBe(why);
  });

  test('is not UTF-8', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
    ])
      expect(readStrictJson(Uint8Array.from(bytes))).toEqual({
        kind: 'malformed',
        why: 'its body is not UTF-8',
      });
  });

  test('is nested deeper than the bound, and what is not can be printed', () => {
    const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
    expect(printed(nested(MAX_DEPTH))).toBe(nested(MAX_DEPTH));
    expect(whyNot(nested(MAX_DEPTH + 2))).toBe(`its body is nested deeper than ${MAX_DEPTH}`);
    expect(whyNot('['.repeat(3_000_000))).toBe(`its body is nested deeper than ${MAX_DEPTH}`);
  });

  test('holds more keys and values than the bound', () => {
    const why = `its body holds more than ${MAX_VALUES} keys and values`;
    expect(whyNot(`[${'1,'.repeat(MAX_VALUES - 2)}1]`)).toHaveLength(MAX_VALUES - 1);
    expect(whyNot(`[${'1,'.repeat(MAX_VALUES - 1)}1]`)).toBe(why);
    const keys = Array.from({ length: MAX_VALUES / 2 }, (_, i) => `"${i}":1`);
    expect(whyNot(`{${keys.join(',')}}`)).toBe(why);
  });

  test('names a key of any length in a clipped path', () => {
    const key = 'k'.repeat(100_000);
    expect(String(whyNot(`{"${key}":1,"${key}":1}`)).length).toBeLessThan(300);
  });
});

test('three megabytes cost no more than some times what JSON.parse takes for them', () => {
  const item = {
    metadata: { name: 'a', labels: { a: 'b\n"c"' } },
    spec: { ports: [{ port: 80 }, { port: 1.5 }] },
  };
  const items = Array.from({ length: 15_000 }, () => item);
  const text = JSON.stringify({ items, text: 'x\n'.repeat(600_000) });
  const bytes = encode(text);
  const fastest = (work: () => unknown) => {
    const took = [1, 2, 3, 4, 5].map(() => {
      const from = performance.now();
      work();
      return performance.now() - from;
    });
    return Math.min(...took);
  };
  expect(fastest(() => readStrictJson(bytes))).toBeLessThan(10 * fastest(() => JSON.parse(text)));
});
