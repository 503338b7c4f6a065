import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MaskedBytes, Masker } from '../masker.ts';
import { compilePatterns } from './compile.ts';
import { MAX_LINE_BYTES, MAX_MATCH_BYTES } from './line-masker.ts';
import { createLiveMasker } from './live.ts';
import { createLogMasker } from './log.ts';

const patterns = compilePatterns({
  wellKnown: true,
  patterns: [
    { name: 'pin', pattern: 'pin=(?P<hide>[0-9]+)' },
    { name: 'tok', pattern: 'tok_[a-z]{8}' },
    { name: 'door', pattern: 'ключ=(?P<hide>.{4})' },
  ],
});
const PIN = '(hidden by chaperone: pin)';
const begin = '-----BEGIN PRIVATE KEY-----';
const end = '-----END PRIVATE KEY-----';
const KEY = '(hidden by chaperone: private-key)';
const BASE64 = 'MIIEvQIBADANBgkq9hkiG9w0BAQEFAASCBKcwggSjAgEAAoIBaB3x';

const live = () => createLiveMasker(patterns, () => true);

function bytesOf(step: ReturnType<Masker['write']>): MaskedBytes {
  if (step.kind !== 'masked') throw new Error(step.kind);
  return step;
}
const textOf = (step: ReturnType<Masker['write']>) => Buffer.concat(bytesOf(step).chunks).toString();

/** What comes out of each step; undefined: silence. */
function shown(steps: readonly (string | undefined)[]): string[] {
  const of = live();
  const said = steps.map((step) => textOf(step === undefined ? of.silence() : of.write(Buffer.from(step))));
  return [...said, textOf(of.end())];
}

test('a prompt shows once nothing follows it, and what is typed after it comes out once', () => {
  expect(shown(['one\n$ ', undefined, 'l', undefined, undefined, 's', '\r\n', 'a b\n'])).toEqual([
    ...['one\n', '$ ', '', 'l', '', '', 's\r\n', 'a b\n', ''],
  ]);
});

test('what is hidden of a line stays hidden when it is let out, and is said in words once', () => {
  expect(shown(['x pin=12', undefined, '34', undefined, '5 y', undefined, ' pin=6\n'])).toEqual([
    ...['', `x pin=${PIN}`, '', '', '', ' y', ` pin=${PIN}\n`, ''],
  ]);
  expect(shown(['pin=7', undefined])).toEqual(['', `pin=${PIN}`, '']);
});

test('what completes a match after a silence is hidden from there on', () => {
  expect(shown(['a tok_abc', undefined, 'defgh i', undefined, '\n'])).toEqual([
    ...['', 'a tok_abc', '', '(hidden by chaperone: tok) i', '\n', ''],
  ]);
  expect(shown(['ключ=дв', undefined, 'ерь\n'])).toEqual([
    ...['', 'ключ=дв', '(hidden by chaperone: door)ь\n', ''],
  ]);
});

test('lines that end with a carriage return take no longer than lines that end with a line feed', () => {
  const took = (ending: string): number => {
    const chunk = new Uint8Array(256 * 1024).fill(ending.charCodeAt(0));
    const began = performance.now();
    expect(textOf(live().write(chunk))).toBe(ending.repeat(chunk.length));
    return performance.now() - began;
  };
  expect(took('\r')).toBeLessThan(10 * took('\n') + 100);
});

test('of a character that is not whole nothing is let out', () => {
  const of = live();
  const text = Buffer.from('ключ=двер');
  expect(textOf(of.write(text.subarray(0, -1)))).toBe('');
  expect(textOf(of.silence())).toBe('ключ=две');
  expect(textOf(of.write(text.subarray(-1)))).toBe('');
  expect(textOf(of.end())).toBe('(hidden by chaperone: door)');
});

test('nothing of a private key is let out, and what follows its end is, also on the same line', () => {
  const steps = [`a ${begin}`, undefined, '\nMIIE', undefined, `\n${end}`, undefined, '$ ', undefined, 'b\n'];
  expect(shown(steps)).toEqual(['', `a ${KEY}`, '', '', '', '', '', '$ ', 'b\n', '']);
  expect(shown([`a\n${BASE64}`, undefined, '\n- b\n'])).toEqual([
    ...['a\n', '(hidden by chaperone: pem)', '\n- b\n', ''],
  ]);
});

test('however often silence falls within a private key, it hides as many lines', () => {
  const key = `${begin}\n${'MIIEsecret\n'.repeat(40)}${end}`;
  const steps = [...key].flatMap((character) => [character, undefined]);
  expect(shown(steps).join('')).not.toContain('MIIE');
});

test('a long line that is let out and goes on is looked at in parts as any other', () => {
  for (const before of [0, MAX_LINE_BYTES - MAX_MATCH_BYTES, MAX_LINE_BYTES - 10, 2 * MAX_LINE_BYTES - 20]) {
    const lead = `${'é'.repeat(before / 2)} `;
    const steps = [lead, undefined, 'pin=12', undefined, `34 ${'z'.repeat(MAX_LINE_BYTES)}`, ' pin=5\n'];
    const expected = `${lead}pin=${PIN} ${'z'.repeat(MAX_LINE_BYTES)} pin=${PIN}\n`;
    expect(shown(steps).join('') === expected, `${before}`).toBe(true);
  }
});

test('what opens and closes alike is found from the beginning of its line, however long that is', () => {
  const quoted = compilePatterns({ patterns: [{ name: 'quoted', pattern: '"[^"]{4,}"' }] });
  const of = createLiveMasker(quoted, () => true);
  const [lead, long] = ['x '.repeat(MAX_MATCH_BYTES), 'y'.repeat(3 * MAX_MATCH_BYTES)];
  for (const said of [`${lead}"${long}`, long, '" and "', 'hunter2', '"']) {
    of.write(Buffer.from(said));
    of.silence();
  }
  of.write(Buffer.from(' and "hunter3-hunter3"'));
  expect(textOf(of.silence())).toBe(' and (hidden by chaperone: quoted)');
});

test('what is hidden and has not ended is not let out, however long; what follows its end is', () => {
  const long = 'M'.repeat(3 * MAX_MATCH_BYTES);
  for (const [lead, secret, rest, word] of [
    ['', 'pin=1', '2'.repeat(MAX_MATCH_BYTES * 3), PIN],
    ['x '.repeat(5000), 'pin=1', '2'.repeat(MAX_MATCH_BYTES * 3), PIN],
    ['', `${begin}${long}`, `${long}${end}`, KEY],
  ] as const) {
    const shownLead = secret.startsWith('pin=') ? `${lead}pin=` : lead;
    const steps = [
      lead + secret,
      undefined,
      ...[...rest.matchAll(/.{1,1500}/g)].flatMap(([part]) => [part, undefined]),
    ];
    const out = shown([...steps, ' b', undefined, '\n$ ', undefined, 'c\n']);
    expect(out.join('') === `${shownLead}${word} b\n$ c\n`, `${lead.length}`).toBe(true);
  }
});

test('a key that began before shows no word of a long line in it, and none too few of what follows its end', () => {
  const steps = [`${begin}\nMIIE`, undefined, 'x'.repeat(9000), undefined, 'secret', undefined, `${end} `];
  const after = ['y '.repeat(6000), undefined, 'z', undefined, '\n- b\n'];
  expect(shown([...steps, ...after]).join('')).toBe(`${KEY} ${'y '.repeat(6000)}z\n- b\n`);
});

test('where there is no room it fails', () => {
  expect(createLiveMasker(patterns, () => false).write(Buffer.from('a'))).toEqual({ kind: 'noRoom' });
});

/** No match of the patterns reaches from one of these into the next, but for keys, of which nothing is let out. */
const piece = fc.oneof(
  fc.constantFrom(
    ...['- pin=123 ', '- pin=4\n', '- tok_abcdefgh, ', '- ключ=дверь ', '\r\n', '- 😀 \r', '- \\npin=7\\n '],
    ...[
      `${begin}\n`,
      `\n${end}\n`,
      `- ${begin} `,
      `\n${end} `,
      `\n${BASE64}\n`,
      `\n- ${'é'.repeat(40_000)} `,
    ],
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `- ${text.replaceAll(/[=_]/g, '')} `),
);
const silences = fc.array(
  fc.record({ piece: piece.map((text) => Buffer.from(text)), isSilent: fc.boolean() }),
  {
    maxLength: 30,
  },
);

test('whatever the chunks and silences, outside a match the same is hidden as of a log', () => {
  fc.assert(
    fc.property(silences, fc.array(fc.nat(40), { maxLength: 20 }), (pieces, cuts) => {
      const log = createLogMasker({ patterns, hold: () => true, cut: false });
      const whole = [bytesOf(log.write(Buffer.concat(pieces.map((it) => it.piece)))), bytesOf(log.end())];
      const of = live();
      const parts = pieces.flatMap(({ piece: bytes, isSilent }, index) => {
        const cut = (cuts[index % (cuts.length || 1)] ?? 0) % bytes.length;
        const written = [of.write(bytes.subarray(0, cut)), of.write(bytes.subarray(cut))];
        return isSilent ? [...written, of.silence()] : written;
      });
      const all = [...parts, of.end()].map(bytesOf);
      const joined = (steps: MaskedBytes[]) => Buffer.concat(steps.flatMap(({ chunks }) => chunks));
      expect(joined(all).equals(joined(whole))).toBe(true);
      const counted = (steps: MaskedBytes[]) => steps.reduce((sum, { count }) => sum + count, 0);
      expect(counted(all)).toBe(counted(whole));
    }),
    { numRuns: 300 },
  );
});

test('bytes without a match come out unchanged and complete, whatever the chunks and silences', () => {
  const chunk = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes.map((it) => it & 0xcf)));
  fc.assert(
    fc.property(fc.array(fc.option(chunk, { nil: undefined })), (steps) => {
      const of = live();
      const out = steps.map((step) => (step === undefined ? of.silence() : of.write(step)));
      const all = [...out, of.end()].flatMap((step) => bytesOf(step).chunks);
      expect(Buffer.concat(all)).toEqual(Buffer.concat(steps.filter((step) => step !== undefined)));
    }),
    { numRuns: 300 },
  );
});

test('what was let out is all that shows of a match, wherever silence falls', () => {
  const text = 'ab tok_abcdefgh pin=493817 c';
  for (let at = 0; at <= text.length; at += 1) {
    const out = shown([text.slice(0, at), undefined, text.slice(at)]).join('');
    const match = text.slice(3, 15);
    const seen = at > 3 && at < 15 ? text.slice(3, at) : '';
    expect(out, `${at}`).toBe(
      text.replace(match, `${seen}(hidden by chaperone: tok)`).replace('493817', PIN),
    );
  }
});
