// What a session of HTTP/2 must not be: frames out of place, of odd sizes, on odd streams; header blocks that are none. What is
// well-formed in them asks for what the policy refuses.
import type { Material, Shape } from '../attack.ts';
import { refusedGet, streams } from './print.ts';
import {
  block,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  indexed,
  integer,
  opening,
  PADDED,
  PREFACE,
  setting,
  uint32,
} from './wire.ts';

const session =
  (frames: (m: Material) => readonly Buffer[]): Shape =>
  (m) =>
    Buffer.concat([opening(), ...frames(m)]);
const blockOf = (bytes: Buffer, flags: number = END_HEADERS | END_STREAM): Buffer =>
  frame(FRAME.headers, flags, 1, bytes);

/** Header blocks that cannot be decoded (RFC 7541). */
const BLOCKS: readonly Buffer[] = [
  Buffer.of(0x80),
  integer(1000, 7, 0x80),
  Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
  Buffer.of(0x00, 0x85, 0xff, 0xff, 0xff, 0xff, 0xff),
  Buffer.concat([integer(2 ** 30, 5, 0x20), block([['a', 'b']])]),
  Buffer.concat([block([['a', 'b']]), integer(0, 5, 0x20)]),
  Buffer.concat([Buffer.of(0), integer(2 ** 31, 7), Buffer.from('short')]),
  Buffer.alloc(16_000, 0x20),
];

export const SESSIONS: Readonly<Record<string, Shape>> = {
  'frames of chance': session((m) =>
    Array.from({ length: m.random.below(60) + 1 }, () => {
      const payload = m.random.bytes(m.random.below(80));
      return frame(m.random.below(14), m.random.below(256), m.random.below(12), payload);
    }),
  ),
  'bytes of chance': session((m) => [m.random.bytes(m.random.below(3000))]),
  'no preface': (m) => refusedGet(m, 1),
  'half a preface': () => PREFACE.subarray(0, 15),
  'HTTP/1.1': (m) =>
    Buffer.from(
      `GET ${m.permitted} HTTP/1.1\r\nHost: x\r\nUser-Agent: ${m.marker}\r\nAuthorization: Bearer ${m.token}\r\n\r\n`,
    ),
  'a preface twice': session((m) => [PREFACE, refusedGet(m, 1)]),
  'a header block that is none': session((m) => [blockOf(m.random.pick(BLOCKS)), refusedGet(m, 3)]),
  'a header block that is never ended': session((m) => [
    refusedGet(m, 1, END_STREAM),
    frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
    refusedGet(m, 3),
  ]),
  'a CONTINUATION of nothing': session((m) => [
    frame(FRAME.continuation, END_HEADERS, 1, block([['a', 'b']])),
    refusedGet(m, 3),
  ]),
  'streams of odd numbers': session((m) => [2, 0, 2 ** 31 - 1, 5, 3].map((stream) => refusedGet(m, stream))),
  'frames on streams that are over or idle': session((m) => [
    refusedGet(m, 1),
    frame(FRAME.data, 0, 1, Buffer.alloc(100)),
    frame(FRAME.data, END_STREAM, 99),
    frame(FRAME.rstStream, 0, 77, uint32(8)),
    frame(FRAME.windowUpdate, 0, 55, uint32(1)),
  ]),
  'a frame larger than its bound': session(() => [frame(FRAME.data, 0, 1, Buffer.alloc(20_000))]),
  'a frame that says more than it has': session((m) => [
    frame(FRAME.headers, END_HEADERS, 1, Buffer.alloc(10), 16_000),
    refusedGet(m, 3),
  ]),
  'frames of a wrong size': session((m) => [
    m.random.pick([
      frame(FRAME.settings, 0, 0, Buffer.alloc(5)),
      frame(FRAME.ping, 0, 0, Buffer.alloc(7)),
      frame(FRAME.windowUpdate, 0, 0, Buffer.alloc(3)),
      frame(FRAME.rstStream, 0, 1, Buffer.alloc(5)),
      frame(FRAME.priority, 0, 1, Buffer.alloc(4)),
      frame(FRAME.settings, 1, 0, Buffer.alloc(6)),
      frame(FRAME.goaway, 0, 0, Buffer.alloc(3)),
    ]),
  ]),
  'more padding than payload': session((m) => [
    frame(FRAME.headers, END_HEADERS | PADDED, 1, Buffer.of(200, 1, 2)),
    refusedGet(m, 3),
  ]),
  'a stream that depends on itself': session((m) => [
    frame(FRAME.priority, 0, 1, Buffer.concat([uint32(1), Buffer.of(16)])),
    refusedGet(m, 1),
  ]),
  'a promise of a client': session((m) => [
    frame(FRAME.pushPromise, END_HEADERS, 1, Buffer.concat([uint32(2), block([['a', 'b']])])),
    refusedGet(m, 1),
  ]),
  'windows beyond their bound': session((m) => [
    refusedGet(m, 1),
    ...[0, 1].flatMap((stream) =>
      [1, 2].map(() => frame(FRAME.windowUpdate, 0, stream, uint32(2 ** 31 - 1))),
    ),
  ]),
  'a window that grows by nothing': session((m) => [
    refusedGet(m, 1),
    frame(FRAME.windowUpdate, 0, m.random.below(2), uint32(0)),
  ]),
  'settings that are none': session((m) => [
    frame(FRAME.settings, 0, 0, setting(m.random.pick([2, 4, 5, 8]), 2 ** 32 - 1)),
    refusedGet(m, 1),
  ]),
  'answers that nobody takes': session((m) => [
    frame(FRAME.settings, 0, 0, setting(4, 0)),
    ...streams(200).map((stream) => refusedGet(m, stream)),
  ]),
  'requests after a GOAWAY': session((m) => [
    frame(FRAME.goaway, 0, 0, Buffer.alloc(8)),
    ...streams(20).map((stream) => refusedGet(m, stream)),
  ]),
  'a table that grows': session((m) => [
    blockOf(Buffer.concat([indexed(['a', 'b'.repeat(4000)]), Buffer.alloc(10_000, 0x80 | 62)])),
    refusedGet(m, 3),
  ]),
};
