// One attack: what is written to one connection, and how that ends. Shapes are pure; what does them is strike.ts.
import type { Random } from './random.ts';

/** What a shape is made of. */
export interface Material {
  readonly random: Random;
  /** Known to no other attack; in every target and User-Agent. */
  readonly marker: string;
  /** The token of the caller, or of none. */
  readonly token: string | undefined;
  /** A path that the policy permits: it stands where nothing may be read as a request for it. */
  readonly permitted: string;
  /** A path that the policy refuses: what is well-formed asks for this. */
  readonly refused: string;
}

/** Milliseconds to wait before what follows. */
export type Pause = number;

export interface Attack {
  readonly name: string;
  /** What is spoken after the handshake; `raw`: bytes without TLS. */
  readonly over: 'http/1.1' | 'h2' | 'raw';
  readonly pieces: readonly (Buffer | Pause)[];
  /** When all is written: wait for the other side's end, shut our half, or break off. */
  readonly end: 'wait' | 'half' | 'reset';
}

export type Shape = (material: Material) => Buffer | readonly (Buffer | Pause)[];
