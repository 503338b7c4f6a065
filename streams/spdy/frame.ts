// The frames of SPDY/3.1 that Kubernetes speaks (draft 3.1, section 2.2; github.com/moby/spdystream/spdy), as they are read and
// as they are printed. A data frame goes on in the pieces in which it comes, and its FIN is a frame of its own.
import type { Headers } from './header-block.ts';

export type Frame =
  | { readonly kind: 'synStream'; readonly id: number; readonly headers: Headers }
  /** Its headers are nobody's: moby's client looks at none. */
  | { readonly kind: 'synReply'; readonly id: number }
  | { readonly kind: 'rstStream'; readonly id: number; readonly status: number }
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'goAway'; readonly lastId: number; readonly status: number }
  | { readonly kind: 'data'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'fin'; readonly id: number };

/** A clause that says what is wrong: nothing after it can be read. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly why: string;
}

export const malformed = (why: string): Malformed => ({ kind: 'malformed', why });

/** Of a control frame: control bit and version, type; of a data frame: the stream. Then of both: flags, length. */
export const HEAD_BYTES = 8;
export const CONTROL = 0x8000_0000;
export const VERSION = 3;
export const FIN = 0x01;

export const TYPES = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 9,
} as const;

/** The stream was refused before anything was done with it (draft 3.1, section 2.6.3). */
export const REFUSED_STREAM = 3;

/** Nothing is wrong (section 2.6.6). */
export const GOAWAY_OK = 0;
