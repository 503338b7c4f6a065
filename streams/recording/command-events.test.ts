import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Channel } from '../relay.ts';
import { readCommandEvents } from './command-events.ts';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

/** What is said on one channel, cut at these places, then its end. */
function said(channel: Channel, text: string, places: readonly number[] = []) {
  const whole = bytes(text);
  const at = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  const events = readCommandEvents();
  return [
    ...at.slice(1).flatMap((end, index) => events.data(channel, whole.subarray(at[index], end))),
    ...events.closed(channel),
  ];
}

test.each(['stdin', 'stdout', 'stderr'] as const)('bytes of %s go on as they come', (channel) => {
  expect(said(channel, 'ab', [1])).toEqual([
    { kind: 'data', channel, bytes: bytes('a') },
    { kind: 'data', channel, bytes: bytes('b') },
  ]);
});

test('sizes are read wherever they are cut', () => {
  const sizes = '{"Width":120,"Height":40}\n{"Width":80,"Height":24}';
  fc.assert(
    fc.property(fc.array(fc.nat()), (places) => {
      expect(said('resize', sizes, places)).toEqual([
        { kind: 'resize', columns: 120, rows: 40 },
        { kind: 'resize', columns: 80, rows: 24 },
      ]);
    }),
  );
});

test.each([
  ['{"Width":80,"Height":24}\n'],
  ['{"Height": 24, "Width": 80}'],
  ['{\n  "Width" : 80,\n  "Height" : 24\n}\n'],
  ['x{"Width":8{"Width":80,"Height":24}}'],
])('a size is read as clients say it: %s', (text) => {
  expect(said('resize', text)).toEqual([{ kind: 'resize', columns: 80, rows: 24 }]);
});

test.each([
  ['{"Width":-1,"Height":4}'],
  ['{"Width":"8","Height":4}'],
  ['{"Width":8,"Width":4}'],
  ['{"Width":08,"Height":4}'],
  ['{"Width":65536,"Height":4}'],
  ['{"width":8,"height":4}'],
  [`{"Width":8,${' '.repeat(200)}"Height":4}`],
  ['{}'],
  ['[}'],
  ['null}'],
])('what is no size is none: %s', (text) => {
  expect(said('resize', text)).toEqual([]);
});

const KIB_64 = 64 * 1024;
test.each([
  ['ends of what never began', '}'],
  ['beginnings', '{'],
  ['beginnings of numbers', '{"Width":1,'],
  ['spaces behind a beginning', `{${' '.repeat(7)}`],
])('a message of %s costs no more than one of sizes', (_what, fill) => {
  const took = (text: string, pieces: number): number => {
    const whole = bytes(text.repeat(KIB_64).slice(0, KIB_64));
    const events = readCommandEvents();
    const began = performance.now();
    for (let at = 0; at < KIB_64; at += KIB_64 / pieces)
      events.data('resize', whole.subarray(at, at + KIB_64 / pieces));
    return performance.now() - began;
  };
  const sizes = '{"Width":80,"Height":24}';
  took(sizes, 1);
  expect(took(fill, 1)).toBeLessThan(2 * took(sizes, 1) + 20);
  const events = readCommandEvents();
  events.data('resize', bytes(fill.repeat(KIB_64).slice(0, KIB_64)));
  const began = performance.now();
  for (let n = 0; n < 4096; n += 1) events.data('resize', bytes(' '));
  expect(performance.now() - began).toBeLessThan(60);
});

const failed = (causes: unknown) =>
  JSON.stringify({ status: 'Failure', message: 'it failed', reason: 'NonZeroExitCode', details: { causes } });

test.each([
  ['{"metadata":{},"status":"Success"}', '0'],
  [failed([{ reason: 'ExitCode', message: '137' }]), '137'],
  [failed([]), 'it failed'],
  [failed({ reason: 'ExitCode' }), 'it failed'],
  [failed([null, 7]), 'it failed'],
  ['command terminated with non-zero exit code', 'command terminated with non-zero exit code'],
  ['"text"', '"text"'],
])('how it ended is read from the error channel at its end: %s', (text, status) => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 3 }), (places) => {
      expect(said('error', text, places)).toEqual([{ kind: 'exit', status }]);
    }),
    { numRuns: 20 },
  );
});

test('no more is held of a message than one may be long', () => {
  expect(said('error', 'x'.repeat(200_000))).toEqual([{ kind: 'exit', status: 'x'.repeat(1024) }]);
  expect(said('resize', `${'x'.repeat(200_000)}}{"Width":1,"Height":2}`)).toEqual([
    { kind: 'resize', columns: 1, rows: 2 },
  ]);
});

test('an error channel on which nothing was said says nothing', () => {
  expect(said('error', '')).toEqual([]);
});
