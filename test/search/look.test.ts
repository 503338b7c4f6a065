// Whatever a program does with a seed before it prints it, the search finds it; and it finds nothing where nothing is.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { assert, constantFrom, integer, property, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { lookFor } from './look.ts';
import { type Seed, seed } from './seeds.ts';

const seeds: Seed[] = Array.from({ length: 50 }, (_, at) => ({ purpose: `${at}`, value: seed(`${at}`) }));
const look = lookFor(seeds);
const at = (index: number) => (seeds[index] as Seed).value;
const base64 = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64');
const wrapped = (text: string, width: number, by: string) =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(by);

const PRINTED: Readonly<Record<string, (value: string) => string | Buffer>> = {
  plain: (value) => value,
  'JSON in JSON': (value) => JSON.stringify(JSON.stringify({ password: value })),
  'as a whole in base64': base64,
  'behind one byte in base64': (value) => base64(`:${value}`),
  'behind two bytes in base64': (value) => base64(`u:${value}.`),
  'in base64 for URLs': (value) => Buffer.from(`\xff\xfe${value}`).toString('base64url'),
  'base64 twice': (value) => base64(base64(value)),
  'base64 in JSON in base64': (value) => base64(JSON.stringify({ data: { a: base64(value) } })),
  'base64 wrapped at 76': (value) => wrapped(base64(`${'-'.repeat(40)}${value}`), 76, '\n'),
  'base64 wrapped in a YAML document in JSON': (value) => wrapped(base64(value), 10, '\\n    '),
  'cut into strings': (value) => JSON.stringify(value.match(/.{1,6}/g)),
  hexadecimal: (value) => Buffer.from(value).toString('hex'),
  'a dump of bytes': (value) => wrapped(Buffer.from(value).toString('hex'), 4, ' '),
  'percent escapes': (value) => Buffer.from(value).toString('hex').replaceAll(/../g, '%$&'),
  '\\u escapes': (value) => Buffer.from(value).toString('hex').replaceAll(/../g, '\\u00$&'),
  "Go's %v": (value) => `[${[...Buffer.from(value)].join(' ')}]`,
  "Go's %#v": (value) =>
    `[]byte{${Array.from(Buffer.from(value), (each) => `0x${each.toString(16)}`).join(', ')}}`,
  'a Buffer in JSON': (value) => JSON.stringify(Buffer.from(value)),
  gzip: (value) => gzipSync(JSON.stringify({ a: base64(value) })),
  'gzip in gzip': (value) => gzipSync(gzipSync(value)),
  'gzip in base64': (value) => base64(gzipSync(value)),
  'a Helm release in a Secret': (value) => base64(base64(gzipSync(`password: ${value}`))),
  'a Helm release of a Secret': (value) => base64(base64(gzipSync(JSON.stringify({ a: base64(value) })))),
  'the first half': (value) => value.slice(0, 23),
  'the last half': (value) => value.slice(-23),
};

test.each(Object.keys(PRINTED))('finds a seed that is printed: %s', (how) => {
  const around = uint8Array({ maxLength: 40 });
  const print = PRINTED[how] as (value: string) => string | Buffer;
  assert(
    property(around, around, integer({ min: 0, max: 49 }), (before, after, which) => {
      // Letters that happen to stand beside base64 would be part of it: what is beside is no letter here.
      const between = Buffer.from('"');
      const bytes = Buffer.concat([before, between, Buffer.from(print(at(which))), between, after]);
      expect(look(bytes).map(({ purpose }) => purpose)).toEqual([`${which}`]);
    }),
    { numRuns: 60 },
  );
});

test('finds a seed in gzip that was cut short', () => {
  const whole = gzipSync(`${at(1)}${randomBytes(5000).toString('hex')}`);
  expect(look(whole.subarray(0, 2000))).toMatchObject([{ purpose: '1', form: 'plain in gzip' }]);
});

test('says where a plain one begins, and never what it is', () => {
  const found = look(Buffer.from(`0123456789${at(3)}${at(3)}`));
  expect(found).toEqual([{ purpose: '3', form: 'plain', at: 10 }]);
});

test('finds every seed there is, and none that was revealed', () => {
  const bytes = Buffer.from(seeds.map(({ value }) => value).join('\n'));
  expect(look(bytes)).toHaveLength(seeds.length);
  expect(look(bytes, [at(0), at(7)]).map(({ purpose }) => purpose)).not.toEqual(
    expect.arrayContaining(['0', '7']),
  );
  expect(look(bytes, [at(0), at(7)])).toHaveLength(seeds.length - 2);
});

test('finds nothing in other bytes, nor in other seeds, nor in a piece too short to be told from chance', () => {
  const shapes = constantFrom('base64', 'hex', 'latin1');
  assert(
    property(uint8Array({ maxLength: 5000 }), shapes, (bytes, shape) => {
      expect(look(Buffer.from(Buffer.from(bytes).toString(shape as 'hex')))).toEqual([]);
    }),
  );
  expect(look(Buffer.from(seed('another')))).toEqual([]);
  expect(look(Buffer.from(at(0).slice(0, 14)))).toEqual([]);
});

test('takes time in proportion: many seeds and large bytes', () => {
  const many = Array.from({ length: 400 }, (_, each) => ({ purpose: `${each}`, value: seed('many') }));
  const bytes = Buffer.alloc(64 << 20, JSON.stringify({ some: 'text', of: ['no', 'interest', 1, 2, 3] }));
  bytes.write(many[200]?.value ?? '', bytes.length - 40);
  const startedMs = performance.now();
  expect(lookFor(many)(bytes)).toMatchObject([{ purpose: '200', at: bytes.length - 40 }]);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});
