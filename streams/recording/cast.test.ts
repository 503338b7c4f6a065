import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCast, type Spelling } from './cast.ts';
import { DIGEST_BYTES } from './digests.ts';
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
const codeOf = (line: string) => JSON.parse(line)[1];
const linesOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Line);

const MIB = 1024 * 1024;
const terminal: RecordingHeader = { ...exec, stream: { ...exec.stream, tty: true } as never };
const ports: RecordingHeader = { ...exec, stream: { kind: 'portforward', ports: [8080] } };

/** All that is written of these events, one a millisecond, with its end. */
function written(events: readonly RecordingEvent[], header = exec): Line[] {
  const cast = createCast(header, spelling);
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
        { kind: 'exit', status: '137' },
      ]),
    ).toEqual([
      [0, 'r', '120x40'],
      [0.001, 'x', '137'],
    ]);
    expect(
      written(
        [
          { kind: 'opened', connection: 0, port: 8080 },
          { kind: 'closed', connection: 0, fromAgent: 12, fromServer: 34 },
        ],
        ports,
      ),
    ).toEqual([
      [0, 'open', '0 8080'],
      [0.001, 'close', '0 12 34'],
    ]);
  });

  test('joins what one channel says within milliseconds, never over what another says', () => {
    const bytes = [...'whoami'].map((key) => data('stdin', Buffer.from(key)));
    expect(written([...bytes, data('stdout', Buffer.from('a')), data('stdin', Buffer.from('\n'))])).toEqual([
      [0, 'i', 'whoami'],
      [0.006, 'o', 'a'],
      [0.007, 'i', '\n'],
    ]);
    const slow = createCast(exec, spelling);
    expect([0, 10, 20].flatMap((at) => slow.write(data('stdin', Buffer.from('x')), at))).toHaveLength(2);
    expect([slow.held, slow.dueAtMs]).toEqual([1, 30]);
    expect([slow.due(29), slow.due(30), slow.held]).toEqual([[], ['[0.02,"i","x"]'], 0]);
  });

  test('has moments that never go back', () => {
    const step = fc.tuple(
      fc.constantFrom<Channel>('stdin', 'stdout', 'stderr'),
      fc.nat(MIB),
      fc.nat(40),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const cast = createCast(exec, spelling);
        let at = 0;
        const lines = steps.flatMap(([channel, length, later, isDue]) => {
          at += later;
          return isDue ? cast.due(at) : cast.write(data(channel, new Uint8Array(length)), at);
        });
        const moments = linesOf([...lines, ...cast.end(at)]).map(([seconds]) => seconds);
        expect(moments).toEqual([...moments].sort((a, b) => a - b));
      }),
      { numRuns: 20 },
    );
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
    const second = cast.write(data('stdout', Uint8Array.of(0xbe)), 0);
    expect(linesOf([...first, ...second, ...cast.end(1)])).toEqual([[0, 'o', 'ž']]);
  });
});

describe('beyond its bound', () => {
  const piece = Buffer.alloc(64 * 1024, 'a');
  const all = Array.from({ length: 20 * 16 }, () => data('stdout', piece));
  const lines = written(all, terminal);
  const sizeOf = (some: readonly Line[]) =>
    some.reduce((sum, line) => sum + JSON.stringify(line).length + 1, 0);

  test('a recording is hardly longer, however much is said', () => {
    expect(sizeOf(lines)).toBeGreaterThan(11 * MIB - 64 * 1024);
    expect(sizeOf(lines)).toBeLessThan(11 * MIB + 64 * 1024);
  });

  test('what is no terminal is soon told by digests', () => {
    expect(sizeOf(written(all))).toBeLessThan(MIB + 64 * 1024);
  });

  test('what the agent types is written as it is, whatever it made the command print, or its terminal be', () => {
    const sizes = Array.from(
      { length: 60_000 },
      (): RecordingEvent => ({
        kind: 'resize',
        columns: 80,
        rows: 24,
      }),
    );
    const said = written([...all, ...sizes, data('stdin', Buffer.from('rm -rf /data\n'))]);
    expect(said.filter(([, code]) => code === 'i').map(([, , text]) => text)).toEqual(['rm -rf /data\n']);
    expect(said.filter(([, code]) => code === 'r').length).toBeLessThan(60_000);
  });

  const typed = (fill: number, bytes: number) =>
    Array.from({ length: Math.ceil(bytes / 4096) }, () => data('stdin', Buffer.alloc(4096, fill)));

  test.each([
    [0x61, true, 4 * MIB],
    [0x1b, true, 4 * MIB],
    [0xff, true, 4 * MIB],
    [0x1b, false, MIB],
  ])('what is typed takes of its room what it is, not what it is spelled with: %i', (fill, tty, room) => {
    const lines = written(typed(fill, room * 0.98), tty ? terminal : exec);
    expect(bytesOf(lines, 'stdin').length).toBeGreaterThanOrEqual(room * 0.98);
    expect(lines.filter(([, code]) => code === 'i#')).toEqual([]);
  });

  test('a terminal in which so much was typed is full: all of it is written, and that it is full', () => {
    const cast = createCast(terminal, spelling);
    const lines: string[] = [];
    let sent = 0;
    while (!cast.isFull && sent < 5 * MIB) {
      sent += 4096;
      lines.push(...cast.write(data('stdin', Buffer.alloc(4096, '\u001b')), 0));
    }
    expect(sent).toBeGreaterThan(3.9 * MIB);
    expect(sent).toBeLessThan(4.1 * MIB);
    lines.push(...cast.write(data('stdin', Buffer.from('rm -rf /data\n')), 0), ...cast.end(1));
    const said = linesOf(lines);
    expect(bytesOf(said, 'stdin').toString().replaceAll('\u001b', '')).toBe('rm -rf /data\n');
    expect(bytesOf(said, 'stdin').length).toBe(sent + 'rm -rf /data\n'.length);
    expect(said.at(-1)).toEqual([0.001, 'x', 'its recording is full']);
    expect([...cast.end(2), ...cast.write({ kind: 'exit', status: '0' }, 3)].map(codeOf)).toEqual(['x']);
    expect(cast.end(4)).toEqual([]);
  });

  test('output takes the room of its lines, however they spell it', () => {
    const cast = createCast(terminal, spelling);
    const events = Array.from({ length: 12 * 256 }, () => data('stdout', Buffer.alloc(4096, '\u0001')));
    const size = events.flatMap((event) => cast.write(event, 0)).reduce((sum, { length }) => sum + length, 0);
    expect(size).toBeGreaterThan(10.9 * MIB);
    expect(size).toBeLessThan(11.1 * MIB);
  });

  test('without a terminal what is typed is told by digests, as output is, and nothing is full', () => {
    for (const [channel, header] of [
      ['stdin', exec],
      ['stdout', terminal],
    ] as const) {
      const cast = createCast(header, spelling);
      const events = Array.from({ length: 20 * 16 }, () => data(channel, piece));
      const codes = linesOf(events.flatMap((event) => cast.write(event, 0))).map(([, code]) => code);
      expect([codes.at(-1), cast.isFull]).toEqual([`${CODES[channel]}#`, false]);
    }
  });

  test('what waits for its digest is counted, and told after a second', () => {
    const cast = createCast(exec, spelling);
    for (const event of all) cast.write(event, 0);
    cast.due(10_000);
    cast.write(data('stdout', Buffer.from('a')), 10_000);
    cast.write(data('stdout', Buffer.from('b')), 10_500);
    expect([cast.held, cast.dueAtMs, cast.due(10_999)]).toEqual([2, 11_000, []]);
    const hex = createHash('sha256').update('ab').digest('hex');
    expect(linesOf(cast.due(11_000))).toEqual([[11, 'o#', `2 sha256:${hex}`]]);
    expect([cast.held, cast.dueAtMs]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  test('no more than its bound ever waits for a digest', () => {
    const cast = createCast(exec, spelling);
    for (const event of all) {
      cast.write(event, 0);
      expect(cast.held).toBeLessThan(DIGEST_BYTES);
    }
  });

  test('a port-forward is full: it says so, with its last connection and at its end', () => {
    const cast = createCast(ports, spelling);
    let last: string[] = [];
    for (let n = 0; !cast.isFull; n += 1) last = cast.write({ kind: 'opened', connection: n, port: 8080 }, 0);
    expect(linesOf(last)).toEqual([[0, 'open', expect.stringMatching(/^\d+ 8080$/)]]);
    expect(linesOf(cast.end(1))).toEqual([[0.001, 'x', 'its recording is full']]);
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
    const after = written([...all, ...many], terminal);
    expect(after.length - lines.length).toBeLessThan(35);
  });

  test('the end of the command is told', () => {
    expect(
      written([...all, { kind: 'exit', status: '0' }])
        .at(-1)
        ?.slice(1),
    ).toEqual(['x', '0']);
  });
});
