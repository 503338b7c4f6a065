import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePatterns } from './compile.ts';
import { MAX_LINE_BYTES, MAX_MATCH_BYTES } from './line-masker.ts';
import { createLogMasker } from './log.ts';

const patterns = compilePatterns({
  wellKnown: true,
  patterns: [
    { name: 'pin', pattern: 'pin=(?P<hide>[0-9]+)' },
    { name: 'name', pattern: '^ü.*ü$' },
  ],
});
const masker = (cut = false) => createLogMasker({ patterns, hold: () => true, cut });
const PIN = '(hidden by chaperone: pin)';
const KEY = '(hidden by chaperone: private-key)';

/** What comes out, by chunk; the last is what comes at the end. */
function shown(chunks: readonly Uint8Array[], of = masker()) {
  const steps = [...chunks.map((chunk) => of.write(chunk)), of.end()];
  return steps.map((step) => {
    if (step.kind !== 'masked') throw new Error(step.kind);
    return { bytes: Buffer.concat(step.chunks), count: step.count };
  });
}
const through = (log: string | Buffer, cut = false) =>
  Buffer.concat(shown([Buffer.from(log)], masker(cut)).map(({ bytes }) => bytes)).toString('latin1');

const begin = '-----BEGIN PRIVATE KEY-----';
const end = '-----END PRIVATE KEY-----';

test('a match is said in words, and counted; all else goes out byte for byte', () => {
  const log = Buffer.concat([
    Buffer.from('a pin=12 b pin=3\n'),
    Buffer.from([0xff, 0x00, 0x0a, 0x1b, 0x0d]),
    Buffer.from('end'),
  ]);
  expect(through(log)).toBe(`a pin=${PIN} b pin=${PIN}\n\xff\0\n\x1b\rend`);
  expect(shown([log]).map(({ count }) => count)).toEqual([2, 0]);
});

test('a line goes out as soon as it is whole, and not before', () => {
  const of = masker();
  const write = (text: string) => {
    const step = of.write(Buffer.from(text));
    return step.kind === 'masked' ? Buffer.concat(step.chunks).toString() : step;
  };
  expect(write('one\ntwo pi')).toBe('one\n');
  expect(write('n=4')).toBe('');
  expect(write('5\r')).toBe(`two pin=${PIN}\r`);
  expect(write('50%')).toBe('');
  expect(write('\rthree\n')).toBe('50%\rthree\n');
});

test('a private key is one pair of words, also with a time before each line', () => {
  const at = '2026-01-01T00:00:00Z ';
  const log = ['a', `x ${begin}`, 'MIIE', '', 'abc=', `${end} y`, 'b']
    .map((line) => `${at}${line}\n`)
    .join('');
  expect(through(log)).toBe(`${at}a\n${at}x ${KEY} y\n${at}b\n`);
  expect(shown([Buffer.from(log)])[0]?.count).toBe(1);
  const lines = `${'k\n'.repeat(256)}after\n`;
  expect(through(`${begin}\n${lines}`)).toBe(`${KEY}\nafter\n`);
});

test('of a log that was cut the last line is not shown, for it may hold part of a secret', () => {
  expect(through('pin=1\npin=', true)).toBe(`pin=${PIN}\n(hidden by chaperone: cut line)`);
  expect(through('pin=1\n', true)).toBe(`pin=${PIN}\n`);
});

test('a line that is too long is looked at in parts, and what lies across two is found', () => {
  for (const before of [0, MAX_LINE_BYTES - MAX_MATCH_BYTES, MAX_LINE_BYTES, 3 * MAX_LINE_BYTES])
    for (let shift = -10; shift <= 10; shift += 1) {
      const filling = 'é'.repeat(Math.max(0, Math.floor((before + shift) / 2)));
      const rest = ` ${'z'.repeat(MAX_LINE_BYTES)}`;
      const out = through(`${filling} pin=123456${rest}\npin=7\n`);
      const expected = Buffer.from(`${filling} pin=${PIN}${rest}\npin=${PIN}\n`).toString('latin1');
      expect(out === expected, `${before} ${shift}`).toBe(true);
    }
});

test('a long line is read as the characters that it has, wherever it is cut', () => {
  const of = compilePatterns({ patterns: [{ name: 'pin', pattern: 'ключ=(?P<hide>.{4})' }] });
  for (let shift = 0; shift < 8; shift += 1) {
    const before = 'x'.repeat(shift) + '😀é'.repeat(15_000);
    const text = `${before} ключ=дверь ${'я'.repeat(40_000)} ключ=1234\n`;
    const of_ = createLogMasker({ patterns: of, hold: () => true, cut: false });
    const out = Buffer.concat(shown([Buffer.from(text)], of_).map(({ bytes }) => bytes)).toString();
    expect(out === text.replace('двер', PIN).replace('1234', PIN), `${shift}`).toBe(true);
  }
});

test('wherever a log begins, a private key in it is hidden, but for a last line alone', () => {
  const lines = [
    begin,
    ...Array(20).fill(`MIIEvQIBADANBgkq9hkiG9w0BAQEFAASCBKcwggSjAgEAAoIB${'aZ9/'.repeat(3)}`),
    'aB9/==',
    end,
  ];
  for (let from = 0; from < lines.length - 2; from += 1)
    expect(through(`${lines.slice(from).join('\n')}\nafter\n`)).toMatch(
      /^(?:\(hidden by chaperone: [a-z-]+\)\n)+after\n$/,
    );
});

test('a match without an end in a whole part hides the rest of its line', () => {
  const log = `pin=${'1'.repeat(3 * MAX_LINE_BYTES)}\nb\n`;
  expect(through(log)).toBe(`pin=${PIN}\nb\n`);
});

test('where there is no room it fails, and holds nothing once lines have gone out', () => {
  const held: number[] = [];
  const of = createLogMasker({ patterns, hold: (bytes) => bytes < 100 && held.push(bytes) > 0, cut: false });
  expect(of.write(Buffer.from('a\nb')).kind).toBe('masked');
  expect(of.write(Buffer.from('c\n')).kind).toBe('masked');
  expect(held.at(-1)).toBe(0);
  expect(of.write(Buffer.alloc(200, 'a'))).toEqual({ kind: 'noRoom' });
});

const line = fc.oneof(
  fc.constantFrom(
    'pin=1',
    'pin=22 x pin=3',
    'üpin=5ü',
    'ü',
    begin,
    end,
    `${begin}a${end}`,
    `pin=4 ${begin}`,
    '\\npin=9\\n',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const log = fc.oneof(
  fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '')), { maxLength: 30 })
    .map((lines) => Buffer.from(lines.flat().join(''))),
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(fc.nat(9000), fc.nat(9000))
    .map(([a, b]) =>
      Buffer.from(`${'é'.repeat(26_000 + a)}pin=${'7'.repeat(b)} ${begin}${'x'.repeat(70_000)}\npin=8`),
    ),
);

test('however the bytes are cut into chunks, the same comes out', () => {
  fc.assert(
    fc.property(log, fc.array(fc.nat(), { maxLength: 12 }), (bytes, at) => {
      const cuts = [0, ...at.map((it) => it % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = cuts.slice(1).map((to, index) => bytes.subarray(cuts[index], to));
      const whole = shown([bytes]);
      const parts = shown(chunks);
      expect(
        Buffer.concat(parts.map((it) => it.bytes)).equals(Buffer.concat(whole.map((it) => it.bytes))),
      ).toBe(true);
      expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(
        whole.reduce((sum, { count }) => sum + count, 0),
      );
    }),
    { numRuns: 300 },
  );
});

test('however short its chunks, no digit of a pin comes out', () => {
  const text = `a pin=493817 b\n${begin}\n493817\n${end}\n\\rpin=493817\\n`;
  const out = shown([...Buffer.from(text)].map((byte) => Buffer.from([byte])));
  expect(Buffer.concat(out.map(({ bytes }) => bytes)).toString()).not.toContain('4938');
});
