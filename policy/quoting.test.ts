import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argv, clip, listed, listedCommands, quoted, word } from './quoting.ts';

test.each([
  ['web-0', 'web-0'],
  ['system:serviceaccount:agents:bot', 'system:serviceaccount:agents:bot'],
  ['spec.volumes[data].hostPath', 'spec.volumes[data].hostPath'],
  ['jane@example.test', 'jane@example.test'],
  ['', '""'],
  ['a b', '"a b"'],
  ['done. Stop', '"done. Stop"'],
  ['ends.', '"ends."'],
  ['say "x" \\', String.raw`"say \"x\" \\"`],
  ['\u001b[31m\n\u202e', String.raw`"\u{1b}[31m\u{a}\u{202e}"`],
  ['Grüße', '"Grüße"'],
])('%j is told as %s', (text, told) => {
  expect(word(text)).toBe(told);
});

const odd = fc.constantFrom(...'aZ0 .:"\\\n\u0000\u001b\u007f\u0085\u2028\u202e\ud800ü👋');

test('whatever it is, it is short, printable and ends where its quotes end', () => {
  fc.assert(
    fc.property(fc.string({ unit: odd, maxLength: 300 }), (text) => {
      const told = word(text);
      expect(told.length).toBeLessThanOrEqual(253 + 3);
      expect(told).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      if (told !== text) expect(told).toMatch(/^"(?:[^"\\]|\\.)*"$/);
    }),
    { numRuns: 30 },
  );
});

test('a long list is cut short and counted', () => {
  expect(listed(['a', 'b c'])).toBe('a, "b c"');
  expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  expect(clip('abcdef', 4)).toBe('abc…');
  expect(quoted('abcdef', 4)).toBe('"abcd…"');
  expect(quoted('abcd', 4)).toBe('"abcd"');
  expect(quoted('abc"', 4)).toBe('"abc…"');
});

test('what is drawn as nothing is told by its number: a model would read it', () => {
  for (const hidden of ['\u{e0164}', '\u115f', '\u3164', '\u034f', '\ufe0f', '\u180b', '\u2800', '\u00a0']) {
    const code = hidden.codePointAt(0)?.toString(16);
    expect(word(`a${hidden}b`)).toBe(`"a\\u{${code}}b"`);
  }
});

test.each([
  [['ls', '-l', '/var/log'], 'ls -l /var/log'],
  [['sh', '-c', 'a; b'], "sh -c 'a; b'"],
  [[''], "''"],
  [["it's"], String.raw`'it'\''s'`],
  [['a b', '$x', '`y`', '~'], "'a b' '$x' '`y`' '~'"],
  [['a\nb\u202e\\'], String.raw`$'a\U0000000ab\U0000202e\\'`],
  [["\t'"], String.raw`$'\U00000009\''`],
])('an argv %j is told as a shell would take it: %s', (words, told) => {
  expect(argv(words)).toBe(told);
});

test('an argv is of bounded length, and printable', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: odd, maxLength: 300 }), { maxLength: 20 }), (words) => {
      const told = argv(words);
      expect(told.length).toBeLessThan(1600);
      expect(told).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 30 },
  );
  expect(argv(Array(100).fill('x'.repeat(99)))).toMatch(/^x{99} x{99} …$/);
  expect(listedCommands([['a', 'b'], ['c'], ['d']], 2)).toBe('a b; c and 1 more');
});
