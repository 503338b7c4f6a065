// What costs a server of HTTP/1.1 much: no end, no hurry, or a body that grows when it is read.
import type { Shape } from '../attack.ts';
import { bytes, chunk, head, shape, TE } from './print.ts';

export const COSTLY: Readonly<Record<string, Shape>> = {
  'chunks of no end': (m) => [
    bytes(head(m, [TE], `POST ${m.permitted} HTTP/1.1`)),
    ...Array.from({ length: 200 }, () => bytes(chunk('x'.repeat(m.random.below(2000) + 1)))),
  ],
  'a target of no end': shape((m) => head(m, [], `GET ${m.permitted}?${'a=b&'.repeat(5000)} HTTP/1.1`)),
  'another identity after many headers': shape((m) =>
    head(
      m,
      [...Array<string>(m.random.below(4000)).fill('a: b'), 'Impersonate-User: root'],
      `GET ${m.permitted} HTTP/1.1`,
    ),
  ),
  'headers of no end': (m) => [
    bytes(head(m, ['X-A: b']).slice(0, -2)),
    ...Array.from({ length: 100 }, () => bytes(`x: ${'y'.repeat(m.random.below(3000))}\r\n`)),
  ],
  'a header of a megabyte': shape((m) => head(m, [`X-A: ${'b'.repeat(1 << 20)}`])),
  'a head, byte by byte': (m) =>
    [...bytes(head(m, []).slice(0, 40))].flatMap((byte) => [Buffer.of(byte), 10]),
  'a body, byte by byte': (m) => [
    bytes(head(m, ['Content-Length: 1000'], `POST ${m.permitted} HTTP/1.1`)),
    ...Array.from({ length: 30 }, () => [bytes('{'), 15]).flat(),
  ],
  'a body that is cut': shape(
    (m) =>
      `${head(m, ['Content-Length: 3000000'], `PUT ${m.permitted} HTTP/1.1`)}{"data":{"a":"${'x'.repeat(m.random.below(500_000))}`,
  ),
  'a body beyond the bound': (m) => [
    bytes(head(m, ['Content-Length: 9000000'], `PUT ${m.permitted} HTTP/1.1`)),
    ...Array<Buffer>(45).fill(Buffer.alloc(200_000, '[')),
  ],
  'a body of bombs': shape((m) => {
    const body = m.random.pick([
      '['.repeat(1_000_000),
      `[${'{},'.repeat(500_000)}{}]`,
      `{${Array.from({ length: 150_000 }, (_, i) => `"${i}":1.0`).join()}}`,
      '9'.repeat(1_000_000),
    ]);
    return `${head(m, [`Content-Length: ${body.length}`, 'Content-Type: application/json'], `POST ${m.permitted} HTTP/1.1`)}${body}`;
  }),
};
