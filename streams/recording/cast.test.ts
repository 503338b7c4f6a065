import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCast, MAX_LINES_BYTES, type Spelling } from './cast.ts';
import type { RecordingEvent, RecordingHeader } from './recorded.ts';

const exec: RecordingHeader = {
  id: '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10',
  startedAtMs: 1_700_000_000_750,
  namespace: 'shop',
  pod: 'web-0',
  stream: {
    kind: 'exec',
    container: 'app',
    command: ['sh', '-c', 'id'],
    stdin: true,
    stdout: true,
    stderr: true,
    tty: false,
  },
};

type Line = [seconds: number, code: string, data: string];
type Channel = 'stdin' | 'stdout' | 'stderr';
const CODES: Readonly<Record<Channel, string>> = { stdin: 'i', stdout: 'o', stderr: 'e' };

const spelling: Spelling = {
  sha256() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
  },
  textOf: (bytes) => (isUtf8(bytes) ? Buffer.from(bytes).toString() : undefined),
  base64Of: (bytes) => Buffer.from(bytes).toString('base64'),
};

const data = (channel: Channel, bytes: Uint8Array): RecordingEvent => ({
  kind: 'data',
  channel,
  bytes,
});
const linesOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Line);

/** All that is written of these events, one a millisecond, with its end. */
function written(events: readonly RecordingEvent[]): Line[] {
  const cast = createCast(exec, spelling);
  const lines = events.flatMap((event, at) => cast.write(event, at));
  return linesOf([...lines, ...cast.end(events.length)]);
}

function bytesOf(lines: readonly Line[], channel: Channel): Buffer {
  const code = CODES[channel];
  return Buffer.concat(
    lines.flatMap(([, each, said]) => {
      if (each === code) return [Buffer.from(said)];
      return each === `${code}64` ? [Buffer.from(said, 'base64')] : [];
    }),
  );
}

const characters = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff))
  .map((codes) => String.fromCodePoint(...codes));

describe('a recording', () => {
  test('begins with what players want to know, and what chaperone knows', () => {
    expect(JSON.parse(createCast(exec, spelling).header)).toEqual({
      version: 2,
      width: 80,
      height: 24,
      timestamp: 1_700_000_000,
      title: 'exec shop/web-0 app -- sh -c id',
      chaperone: { id: exec.id, namespace: 'shop', pod: 'web-0', stream: exec.stream },
    });
  });

  test('holds every byte of every channel in its order, wherever the bytes are cut', () => {
    const channel = fc.constantFrom<Channel>('stdin', 'stdout', 'stderr');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      characters.map((text) => Uint8Array.from(Buffer.from(text))),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(channel, bytes)), (said) => {
        const lines = written(said.map(([each, piece]) => data(each, piece)));
        for (const each of ['stdin', 'stdout', 'stderr'] as const) {
          const wanted = said.filter(([on]) => on === each).map(([, piece]) => piece);
          expect(bytesOf(lines, each).toString('hex')).toBe(Buffer.concat(wanted).toString('hex'));
        }
      }),
    );
  });

  test('joins characters that were split, so that what is text is written as text', () => {
    fc.assert(
      fc.property(characters, (text) => {
        const lines = written([...Buffer.from(text)].map((byte) => data('stdout', Uint8Array.of(byte))));
        expect(lines.map(([, code]) => code).filter((code) => code !== 'o')).toEqual([]);
        expect(lines.map(([, , said]) => said).join('')).toBe(text);
      }),
    );
  });

  test('tells sizes, the end, and the connections of a port-forward', () => {
    expect(
      written([
        { kind: 'resize', columns: 120, rows: 40 },
        { kind: 'opened', connection: 0, port: 8080 },
        { kind: 'closed', connection: 0, fromAgent: 12, fromServer: 34 },
        { kind: 'exit', status: '137' },
      ]),
    ).toEqual([
      [0, 'r', '120x40'],
      [0.001, 'open', '0 8080'],
      [0.002, 'close', '0 12 34'],
      [0.003, 'x', '137'],
    ]);
  });

  test('says what was waiting before it says how it ended', () => {
    const lines = written([data('stdout', Uint8Array.of(0xe2, 0x82)), { kind: 'exit', status: '0' }]);
    expect(lines.map(([, code]) => code)).toEqual(['o64', 'x']);
  });

  test('keeps the head of its memory and gives no byte of a caller that is used again', () => {
    const cast = createCast(exec, spelling);
    const buffer = Uint8Array.of(0xc5);
    const first = cast.write(data('stdout', buffer), 0);
    buffer.fill(0);
    expect(linesOf([...first, ...cast.write(data('stdout', Uint8Array.of(0xbe)), 0)])).toEqual([
      [0, 'o', 'ž'],
    ]);
  });
});

describe('beyond its bound', () => {
  const piece = Buffer.alloc(64 * 1024, 'a');
  const all = Array.from({ length: 20 * 16 }, () => data('stdout', piece));
  const lines = written(all);

  test('a recording is hardly longer, however much is said', () => {
    const size = lines.reduce((sum, line) => sum + JSON.stringify(line).length + 1, 0);
    expect(size).toBeGreaterThan(MAX_LINES_BYTES - 64 * 1024);
    expect(size).toBeLessThan(MAX_LINES_BYTES + 1024);
  });

  test('everything has a length and a digest', () => {
    const digests = lines.filter(([, code]) => code === 'o#');
    const whole = Buffer.concat(all.map((event) => (event.kind === 'data' ? event.bytes : piece)));
    let at = bytesOf(lines, 'stdout').length;
    for (const [, , said] of digests) {
      const [, length, hex] = /^(\d+) sha256:([0-9a-f]{64})$/.exec(said) ?? [];
      const end = at + Number(length);
      expect(createHash('sha256').update(whole.subarray(at, end)).digest('hex')).toBe(hex);
      at = end;
    }
    expect(at).toBe(whole.length);
    expect(digests.length).toBeGreaterThan(3);
  });

  test('bytes that come one by one are not written as a line each', () => {
    const many = Array.from({ length: 30_000 }, () => data('stdout', Uint8Array.of(0x61)));
    const after = written([...all, ...many]);
    expect(after.length - lines.length).toBeLessThan(2);
  });

  test('the end of the command is told', () => {
    expect(
      written([...all, { kind: 'exit', status: '0' }])
        .at(-1)
        ?.slice(1),
    ).toEqual(['x', '0']);
  });

  test('sizes are told no more: they would be without end', () => {
    const resized = written([...all, { kind: 'resize', columns: 1, rows: 1 }]);
    expect(resized.filter(([, code]) => code === 'r')).toEqual([]);
  });
});
