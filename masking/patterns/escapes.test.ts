import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePatterns } from './compile.ts';
import { throughEscapes } from './escapes.ts';
import { hiddenIn } from './lines.ts';

const of = (pattern: string) => compilePatterns({ patterns: [{ name: 'a', pattern }] });
const pieces = (pattern: string, text: string) =>
  hiddenIn(of(pattern), text).map(({ start, end }) => text.slice(start, end));

const asAscii = (json: string) =>
  json.replace(/[\u0080-\uffff]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`);
const php = (value: unknown) => asAscii(JSON.stringify(value)).replaceAll('/', '\\/');

test('what JSON escapes is looked at as what it stands for, and the piece is that of the line', () => {
  expect(pieces('a/b=(?P<hide>[0-9]+)', '{"x":"a\\/b=12"}')).toEqual(['12']);
  expect(pieces('="(?P<hide>[0-9/]+)"', JSON.stringify(JSON.stringify('a="1/2"')))).toEqual(['1/2']);
  expect(pieces('A\\\\(?P<hide>[a-zß]+)!', asAscii(JSON.stringify('A\\paß!')))).toEqual(['pa\\u00df']);
  expect(pieces('😀(?P<hide>.)x', '\\ud83d\\ude00\\u0021x')).toEqual(['\\u0021']);
  expect(pieces("a'(?P<hide>b)", "'a\\'b'")).toEqual(['b']);
  expect(pieces('^k/=(?P<hide>.+)$', 'x\\nk\\/=v\\u0021\\ny')).toEqual(['v\\u0021']);
});

test('what stands for the end of a line is none of its characters', () => {
  expect(pieces('a.b', 'a\\u000ab a\\u001fb')).toEqual([]);
});

test('it is looked at as it stands too', () => {
  expect(pieces('u0041', '\\u0041')).toEqual(['u0041']);
  expect(pieces('a\\\\{2}b', 'a\\\\b')).toEqual(['a\\\\b']);
});

const inner = fc
  .array(fc.constantFrom('"', '\\', '/', 'ß', '😀', '&', "'", 'a', 'n', 'u0041', ' '), { maxLength: 12 })
  .map((parts) => `x${parts.join('')}x`);
test.each([
  ['JSON', (value: unknown) => JSON.stringify(value)],
  ['JSON in ASCII', (value: unknown) => asAscii(JSON.stringify(value))],
  ["PHP's", php],
  ["PHP's in JSON", (value: unknown) => JSON.stringify(php(value))],
  ["PHP's in PHP's", (value: unknown) => php(php(value))],
])('of a text printed as %s just what is hidden is hidden', (_form, print) => {
  fc.assert(
    fc.property(inner, inner, inner, (before, hidden, after) => {
      const line = print(`${before}é<${hidden}>/${after}`);
      expect(pieces('é<(?P<hide>[^>]*)>/', line)).toEqual([
        line.slice(line.indexOf('<') + 1, line.indexOf('>')),
      ]);
    }),
    { numRuns: 200 },
  );
});

test('a line of many escapes is said plainly to its end', () => {
  expect(pieces('"/x(?P<hide>[0-9])', `${'\\"'.repeat(5000)}\\/x1`)).toEqual(['1']);
});

test('a line of nothing but escapes is looked at in time linear in it, and as many pieces as it has are found', () => {
  const started = process.cpuUsage().user;
  const digits = compilePatterns({ patterns: [{ name: 'a', pattern: '[0-9]' }] });
  for (const text of ['\\"', '\\/', '\\u0041', '\\\\', '\\', '\\n', '\\u0041\\n', '\\\\n', '1\\n'])
    hiddenIn(digits, text.repeat(100_000 / text.length));
  expect(process.cpuUsage().user - started).toBeLessThan(5_000_000);
  const find = (part: string) => (part === '1' ? [{ start: 0, end: 1, name: 'a' }] : []);
  expect(throughEscapes('1\\n'.repeat(200_000), find)).toHaveLength(200_000);
});
