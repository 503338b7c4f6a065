import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Side } from '../relay.ts';
import { createFrameReader, type Said } from './frame-reader.ts';
import {
  BINARY,
  bytes,
  CLOSE,
  CONTINUATION,
  everyCut,
  type Frame,
  frame,
  joined,
  PING,
  PONG,
  TEXT,
  utf8,
} from './test-frames.ts';

/** What is read, the pieces of each message joined; of what is malformed why. */
function read(from: Side, wire: Uint8Array, cuts: readonly number[] = []): unknown {
  const reader = createFrameReader(from === 'agent');
  const said: Said[] = [];
  const places = [0, ...cuts, wire.length];
  for (const [i, to] of places.slice(1).entries()) {
    const next = reader(wire.slice(places[i] ?? 0, to));
    if ('kind' in next) return next.why;
    said.push(...next);
  }
  return messages(said);
}

/** Each message once, where it ends. */
function messages(said: readonly Said[]): unknown[] {
  let open: { text: boolean; bytes: Uint8Array[] } | undefined;
  const all: unknown[] = [];
  for (const next of said) {
    if (next.kind !== 'piece') all.push(next);
    else {
      expect(next.first).toBe(open === undefined);
      open ??= { text: next.text, bytes: [] };
      expect(next.text).toBe(open.text);
      open.bytes.push(next.bytes);
      if (next.last) all.push({ text: open.text, bytes: joined(open.bytes) });
      if (next.last) open = undefined;
    }
  }
  return all;
}

const wire = (from: Side, all: readonly Frame[]) => joined(all.map((one) => frame(from, one)));
const binary = (...values: number[]): Frame => ({ opcode: BINARY, payload: bytes(...values) });

const conversation: readonly Frame[] = [
  binary(0, 1, 2, 3, 4, 5),
  { opcode: TEXT, payload: utf8('grüße €'), final: false },
  { opcode: PING, payload: utf8('still there?') },
  { opcode: CONTINUATION, payload: utf8('🙂 ').subarray(0, 2), final: false },
  { opcode: CONTINUATION, payload: utf8('🙂 ').subarray(2) },
  { opcode: PONG, payload: bytes() },
  { opcode: BINARY, payload: bytes() },
  { opcode: BINARY, payload: new Uint8Array(130).fill(7), final: false },
  { opcode: CONTINUATION, payload: bytes() },
  { opcode: CLOSE, payload: bytes(0x03, 0xe9, ...utf8('tschüß')) },
];
const understood = [
  { text: false, bytes: bytes(0, 1, 2, 3, 4, 5) },
  { kind: 'ping', bytes: utf8('still there?') },
  { text: true, bytes: utf8('grüße €🙂 ') },
  { kind: 'pong', bytes: bytes() },
  { text: false, bytes: bytes() },
  { text: false, bytes: new Uint8Array(130).fill(7) },
  { kind: 'close', closing: { code: 1001, reason: utf8('tschüß') } },
];

test.each(['agent', 'server'] as const)('what the %s says is the same wherever its bytes are cut', (from) => {
  const all = wire(from, conversation);
  for (const cuts of everyCut(all.length)) expect(read(from, all, cuts)).toEqual(understood);
});

test.each([125, 126, 127, 65535, 65536, 70000])('a payload of %i bytes is read whole', (size) => {
  const payload = Uint8Array.from({ length: size }, (_, i) => i * 31);
  for (const from of ['agent', 'server'] as const) {
    const all = wire(from, [{ opcode: BINARY, payload }]);
    expect(read(from, all, [1, 3, 9, 15, size])).toEqual([{ text: false, bytes: payload }]);
  }
});

test('a message is passed on as it comes, and none of it is held', () => {
  const reader = createFrameReader(true);
  const endless = bytes(0x82, 0xff, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
  expect(reader(endless)).toEqual([]);
  for (let i = 0; i < 3; i += 1) {
    expect(reader(bytes(1, 2, 3))).toEqual([
      { kind: 'piece', text: false, first: i === 0, last: false, bytes: bytes(1, 2, 3) },
    ]);
  }
});

test('a payload is unmasked where it lies: nothing is copied, and nothing beside it is written over', () => {
  const wired = frame('agent', binary(0, 1, 2, 3, 4, 5, 6, 7, 8));
  const head = wired.slice(0, 6);
  const [said] = [createFrameReader(true)(wired)].flat();
  expect(said).toMatchObject({ kind: 'piece', bytes: bytes(0, 1, 2, 3, 4, 5, 6, 7, 8) });
  expect(wired).toEqual(joined([head, bytes(0, 1, 2, 3, 4, 5, 6, 7, 8)]));
});

test('nothing is read after a close frame', () => {
  const all = joined([wire('server', [{ opcode: CLOSE, payload: bytes() }]), new Uint8Array(20).fill(0xff)]);
  for (const cuts of everyCut(all.length)) {
    expect(read('server', all, cuts)).toEqual([{ kind: 'close', closing: undefined }]);
  }
});

const server = (...all: Frame[]) => ({ from: 'server' as const, all: wire('server', all) });
const raw = (...values: number[]) => ({ from: 'server' as const, all: bytes(...values) });

test.each([
  ['a reserved bit', raw(0xc2, 0), 'a frame has a reserved bit set'],
  ['another reserved bit', raw(0x92, 0), 'a frame has a reserved bit set'],
  ['a kind that is reserved for data', raw(0x83, 0), 'a frame is of an unknown kind'],
  ['a kind that is reserved for control', raw(0x8b, 0), 'a frame is of an unknown kind'],
  ['a mask of the server', raw(0x82, 0x80, 0, 0, 0, 0), 'a frame is masked'],
  ['no mask of the agent', { from: 'agent' as const, all: bytes(0x82, 0) }, 'a frame is not masked'],
  [
    'two bytes for a short length',
    raw(0x82, 126, 0, 125),
    'the length of a frame is not written as it must be',
  ],
  [
    'eight bytes for a middling length',
    raw(0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff),
    'the length of a frame is not written as it must be',
  ],
  [
    'a length of 63 bits',
    raw(0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    'the length of a frame is not written as it must be',
  ],
  [
    'a length of 64 bits',
    raw(0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    'the length of a frame is not written as it must be',
  ],
  [
    'a ping in fragments',
    server({ opcode: PING, payload: bytes(), final: false }),
    'a control frame is in fragments',
  ],
  [
    'a long ping',
    server({ opcode: PING, payload: new Uint8Array(126) }),
    'a control frame is longer than 125 bytes',
  ],
  [
    'a continuation of nothing',
    server({ opcode: CONTINUATION, payload: bytes(1) }),
    'a frame continues no message',
  ],
  [
    'a continuation of what has ended',
    server(binary(1), { opcode: CONTINUATION, payload: bytes(1) }),
    'a frame continues no message',
  ],
  [
    'a message within a message',
    server({ opcode: BINARY, payload: bytes(1), final: false }, binary(2)),
    'a message begins before the one before it has ended',
  ],
  ['a text in latin1', server({ opcode: TEXT, payload: bytes(0xfc) }), 'a text is not UTF-8'],
  ['a text cut in a character', server({ opcode: TEXT, payload: bytes(0xe2, 0x82) }), 'a text is not UTF-8'],
  [
    'a text with a surrogate, over fragments',
    server(
      { opcode: TEXT, payload: bytes(0xed), final: false },
      { opcode: CONTINUATION, payload: bytes(0xa0, 0x80) },
    ),
    'a text is not UTF-8',
  ],
])('%s is malformed, wherever it is cut', (_, { from, all }, why) => {
  for (const cuts of everyCut(all.length)) expect(read(from, all, cuts)).toBe(why);
});

test('any conversation is read as it was said, however it is cut', () => {
  const message = fc.record({
    text: fc.boolean(),
    parts: fc.array(fc.string({ unit: 'binary', maxLength: 90 }), { minLength: 1, maxLength: 4 }),
    ping: fc.boolean(),
  });
  const run = fc.record({
    from: fc.constantFrom<Side>('agent', 'server'),
    said: fc.array(message, { maxLength: 5 }),
    cuts: fc.array(fc.nat(800), { maxLength: 12 }),
  });
  fc.assert(
    fc.property(run, ({ from, said, cuts }) => {
      const all = said.flatMap(({ text, parts, ping }) => [
        ...parts.map((part, i) => ({
          opcode: i > 0 ? CONTINUATION : text ? TEXT : BINARY,
          payload: utf8(part),
          final: i === parts.length - 1,
        })),
        ...(ping ? [{ opcode: PING, payload: utf8('?') }] : []),
      ]);
      const wired = wire(from, all);
      const places = cuts.filter((at) => at <= wired.length).sort((a, b) => a - b);
      expect(read(from, wired, places)).toEqual(
        said.flatMap(({ text, parts, ping }) => [
          { text, bytes: utf8(parts.join('')) },
          ...(ping ? [{ kind: 'ping', bytes: utf8('?') }] : []),
        ]),
      );
    }),
  );
});

test('any bytes are read or malformed, the same wherever they are cut, and never thrown over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), fc.boolean(), (wired, at, isMasked) => {
      const from = isMasked ? 'agent' : 'server';
      expect(read(from, wired, [Math.min(at, wired.length)])).toEqual(read(from, wired));
    }),
    { numRuns: 3000 },
  );
});
