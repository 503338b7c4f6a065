// Requests of HTTP/2 as frames.
import type { Material } from '../attack.ts';
import { block, END_HEADERS, END_STREAM, FRAME, frame, type Pair } from './wire.ts';

/** What every request says beside its pseudo headers. */
export function common(m: Material): Pair[] {
  const token: Pair[] = m.token === undefined ? [] : [['authorization', `Bearer ${m.token}`]];
  return [['user-agent', m.marker], ...token];
}

export const pseudo = (method: string, path: string): Pair[] => [
  [':method', method],
  [':scheme', 'https'],
  [':authority', 'x'],
  [':path', path],
];

/** A GET that the policy refuses; with other flags its stream or its header block stays open. */
export function refusedGet(m: Material, stream: number, flags: number = END_HEADERS | END_STREAM): Buffer {
  return frame(FRAME.headers, flags, stream, block([...pseudo('GET', m.refused), ...common(m)]));
}

export const headers = (
  pairs: readonly Pair[],
  stream = 1,
  flags: number = END_HEADERS | END_STREAM,
): Buffer => frame(FRAME.headers, flags, stream, block(pairs));

/** The first streams that a client may open. */
export const streams = (count: number): number[] => Array.from({ length: count }, (_, i) => 2 * i + 1);
