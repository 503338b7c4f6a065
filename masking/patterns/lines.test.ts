import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePatterns } from './compile.ts';
import { hiddenIn, MAX_KEY_LINES } from './lines.ts';

const pins = compilePatterns({ patterns: [{ name: 'pin', pattern: '(?i)pin[=:] ?(?P<hide>[0-9]+)' }] });
const known = compilePatterns({ wellKnown: true });
const pieces = (patterns: typeof pins, text: string, name?: string) =>
  hiddenIn(patterns, text, name).map(({ start, end }) => text.slice(start, end));

test('of a match the group named hide is hidden, and all of it where there is none or it is empty', () => {
  const of = (pattern: string, text: string) =>
    pieces(compilePatterns({ patterns: [{ name: 'a', pattern }] }), text);
  expect(of('a(?P<hide>b+)c', 'xabbcx')).toEqual(['bb']);
  expect(of('a(b+)c', 'xabbcx')).toEqual(['abbc']);
  expect(of('a(?P<hide>b*)c', 'xacx')).toEqual(['ac']);
  expect(of('a(?:(?P<hide>b)|c)', 'ac ab')).toEqual(['ac', 'b']);
});

test('what several patterns find is hidden together, and once', () => {
  const both = compilePatterns({
    patterns: [
      { name: 'a', pattern: 'abc' },
      { name: 'b', pattern: 'bcd+' },
      { name: 'c', pattern: 'z' },
    ],
  });
  expect(hiddenIn(both, 'xabcddxz')).toEqual([
    { start: 1, end: 6, name: 'a' },
    { start: 7, end: 8, name: 'c' },
  ]);
});

test('a match lies in one line, in which ^ and $ are its ends', () => {
  const whole = compilePatterns({
    patterns: [
      { name: 'a', pattern: '^b$' },
      { name: 'c', pattern: 'c[^x]*d' },
    ],
  });
  expect(pieces(whole, 'a\nb\r\nbb\rb')).toEqual(['b', 'b']);
  expect(pieces(whole, 'c\nd cd')).toEqual(['cd']);
});

test('a text within a text, its line breaks escaped, is looked at line by line too', () => {
  const start = compilePatterns({ patterns: [{ name: 'a', pattern: '^key: (?P<hide>.+)$' }] });
  expect(pieces(start, JSON.stringify({ a: 'x\nkey: v\ny' }))).toEqual(['v']);
  expect(pieces(start, JSON.stringify(JSON.stringify({ a: 'x\nkey: v\ty' })))).toEqual(['v']);
});

test('a value of one line is looked at with its name', () => {
  expect(pieces(pins, '1234', 'DOOR_PIN')).toEqual(['1234']);
  expect(pieces(pins, '\n1234\n', 'DOOR_PIN')).toEqual(['1234']);
  expect(pieces(pins, '1234', 'DOOR')).toEqual([]);
  expect(pieces(pins, '1\n1234', 'PIN')).toEqual([]);
  expect(pieces(pins, '7 PIN=12 3', 'PIN')).toEqual(['7', '12']);
});

test('a name takes nothing from what is hidden without it, whatever a pattern asks for before a match', () => {
  const patterns = [
    '^12?',
    '\\A2',
    '(?:^|x)3',
    '\\b4',
    '\\B5',
    '[^a]6',
    ' +7',
    'A=1(?P<hide>.)',
    '\\[^8',
  ].map((pattern) => compilePatterns({ patterns: [{ name: 'a', pattern }] }));
  const text = fc.array(fc.constantFrom(...'123456789axA=[^ \n\\n')).map((all) => all.join(''));
  fc.assert(
    fc.property(text, fc.constantFrom('A', 'x', '', '1'), (value, name) => {
      for (const one of patterns) {
        const named = hiddenIn(one, value, name);
        for (const { start, end } of hiddenIn(one, value))
          expect(named.some((it) => it.start <= start && end <= it.end)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('more matches in a line than are looked for one by one hide the rest of it', () => {
  const text = 'pin=1 '.repeat(300);
  const found = hiddenIn(pins, text);
  expect(found).toHaveLength(257);
  expect(found.at(-1)?.end).toBe(text.length);
});

const LABELS = ['RSA PRIVATE KEY', 'PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'];
const begin = (label = 'PRIVATE KEY') => `-----BEGIN ${label}-----`;
const end = (label = 'PRIVATE KEY') => `-----END ${label}-----`;

test('a private key is one piece from its first line to its last, whatever stands before each', () => {
  for (const label of LABELS) {
    const key = `${begin(label)}\nMIIE\n\nabc=\n${end(label)}`;
    expect(pieces(known, `a\nb ${key} c\nd`)).toEqual([key]);
    expect(pieces(known, `x: ${key.replaceAll('\n', '\n  ')}\ny`)).toEqual([key.replaceAll('\n', '\n  ')]);
    expect(pieces(known, JSON.stringify({ key }))).toEqual([JSON.stringify(key).slice(1, -1)]);
  }
  expect(pieces(known, `${begin()}a${end()} b ${begin()}c${end()}`)).toEqual([
    `${begin()}a${end()}`,
    `${begin()}c${end()}`,
  ]);
});

test('a key that ends before another begins on its line is hidden with it', () => {
  const [first, second] = [`${begin()}a${end()}`, `${begin()}\nb\n${end()}`];
  expect(pieces(known, `x ${first} y ${second} z`)).toEqual([first, second]);
  expect(pieces(known, `${second} y ${second}`)).toEqual([second, second]);
});

test('one without an end hides what follows, up to the lines of the largest', () => {
  expect(pieces(known, `a\n${begin()}\nb\nc`)).toEqual([`${begin()}\nb\nc`]);
  const rest = Array.from({ length: MAX_KEY_LINES + 2 }, (_, at) => `line ${at}`);
  expect(pieces(known, [begin(), ...rest].join('\n'))).toEqual([
    [begin(), ...rest.slice(0, MAX_KEY_LINES)].join('\n'),
  ]);
});

test('a beginning that was put before a key ends no sooner for it', () => {
  const key = [begin(), ...Array.from({ length: 200 }, (_, at) => `MII${at}`), end()].join('\n');
  fc.assert(
    fc.property(fc.nat(400), fc.boolean(), (lines, closed) => {
      const before = `${begin()}\n${'x\n'.repeat(lines)}${closed ? `${end()}\n` : ''}`;
      const text = `${before}${key}\nafter`;
      const at = text.indexOf(key);
      const over = hiddenIn(known, text).find(
        ({ start, end: last }) => start <= at && at + key.length <= last,
      );
      expect(over).toBeDefined();
      expect(hiddenIn(known, text).at(-1)?.end).toBe(at + key.length);
    }),
    { numRuns: 50 },
  );
});

describe('a private key whose beginning is not there', () => {
  const body = (length: number) =>
    Array.from(
      { length },
      (_, at) => `MIIEvQIBADANBgkq9hkiG9w0BAQEFAASCBKcwggSjAgEAAoIB${'aB3+'[at % 4]}abcdefghijklm12`,
    );
  const key = [...body(8), 'q9/Zz==', end('RSA PRIVATE KEY')];

  test('is hidden wherever its text begins, as one piece', () => {
    for (let from = 0; from < key.length - 1; from += 1) {
      const rest = key.slice(from).join('\n');
      expect(pieces(known, `${rest}\nafter`)[0], rest).toContain(end('RSA PRIVATE KEY'));
      expect(pieces(known, `${rest}\nafter`).join(), rest).not.toContain('after');
    }
    const [first = '', ...others] = key;
    expect(pieces(known, `x\n${first}\n${others.join('\n')}\ny`)).toEqual([key.join('\n')]);
    expect(pieces(known, `log: ${key.join('\\n')} z`)).toEqual([`log: ${key.join('\\n')}`]);
    expect(pieces(pins, key.join('\n'))).toEqual([]);
  });

  const at = '2026-01-01T00:00:00.123456789Z ';

  test('nor its end, and with a time before each line', () => {
    expect(
      pieces(
        known,
        body(3)
          .map((line) => `x:\n${at}${line}`)
          .join('\n'),
      ),
    ).toEqual(body(3));
    expect(pieces(known, `${body(2).join('\n')}\nshort\nordinary`)).toEqual([`${body(2).join('\n')}\nshort`]);
  });

  test('but a certificate, a checksum, a path and a name are no key', () => {
    for (const text of [
      `${['-----BEGIN CERTIFICATE-----', ...body(3), 'aB3=', '-----END CERTIFICATE-----'].join('\n')}\nx`,
      `${['-----BEGIN PGP PUBLIC KEY BLOCK-----', 'Version: 2', 'Comment: x y', `${at} `, ...body(3), '=aB3/'].join('\n')}\nx`,
      `a\n${'0123456789abcdef'.repeat(4)}\nb`,
      `a\n/usr/local/lib/python/site/packages/very/long/path\n`,
      'requiredDuringSchedulingIgnoredDuringExecution9',
      body(1)[0] ?? '',
    ])
      expect(pieces(known, text), text).toEqual([]);
  });

  test('is one also where something that is none has begun', () => {
    for (const before of [['-----BEGIN CERTIFICATE-----', 'Version: 2', 'an ordinary line'], ['Version: 2']])
      expect(pieces(known, [...before, ...body(3)].join('\n'))).toEqual([body(3).join('\n')]);
  });

  test('is looked for in time linear in a line', () => {
    const started = process.cpuUsage().user;
    for (const text of [' ', '\t', '0', 'A', '2026-01-01T00:00:00 ', '-----BEGIN ', '-----BEGIN A----- '])
      hiddenIn(known, `x\n${text.repeat(1_000_000 / text.length)}!`);
    expect(process.cpuUsage().user - started).toBeLessThan(10_000_000);
  });
});

test('a key of SSH2 is one piece too', () => {
  const key = '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nabc\n---- END SSH2 ENCRYPTED PRIVATE KEY ----';
  expect(pieces(known, `x\n${key}\ny`)).toEqual([key]);
});

test('what JSON escapes is looked at as what it stands for', () => {
  expect(pieces(known, '{"url":"a://u:p\\u0026s\\u003cw@h/x"}')).toEqual(['p\\u0026s\\u003cw']);
  expect(pieces(pins, 'x \\u0050IN\\u003d\\u00312 y')).toEqual(['\\u00312']);
  expect(pieces(pins, 'a\\u0026\\npin\\u003d7\\u0026')).toEqual(['7']);
});

test('what is hidden of a line depends on that line alone', () => {
  const line = fc.constantFrom('pin=1234', 'pin: 7 pin=8', 'a pin', '12', 'x\\npin=1\\n', '', '\\');
  fc.assert(
    fc.property(fc.array(line), fc.array(line), fc.constantFrom('\n', '\r\n', '\r'), (a, b, between) => {
      const alone = [...a, ...b].flatMap((one) => pieces(pins, one));
      expect(pieces(pins, [...a, ...b].join(between))).toEqual(alone);
    }),
  );
});
