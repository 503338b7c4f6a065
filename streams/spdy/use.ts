// Between the relay of an SPDY connection's streams, which knows only that they open and end, and what they are for: the channels of
// a command, or the halves of a port-forward's connections.
import type { Passed, Relay, Side } from '../relay.ts';
import type { Malformed } from './frame.ts';
import type { Headers } from './header-block.ts';

/** `S` is one stream. */
export interface Use<S> {
  opened(id: number, headers: Headers): Opened<S> | Malformed;
  /** What goes on of it. Undefined: that side has nothing to say there. */
  data(stream: S, from: Side, bytes: Uint8Array): readonly Uint8Array[] | undefined;
  /** That side says no more, asked once; what still goes on before its end. */
  finished(stream: S, from: Side): readonly Uint8Array[];
  /** Both have ended it. Every stream that was opened is gone once, however the connection ends. */
  gone(stream: S): void;
}

export type Opened<S> =
  /** The server gets its headers as they are: every one of them must be known. */
  | { readonly kind: 'opened'; readonly stream: S }
  /** The server hears nothing of it: the agent is answered with what stands here, and with its end. */
  | { readonly kind: 'answered'; readonly bytes: Uint8Array }
  /** There is no room for it. */
  | { readonly kind: 'refused' };

export interface SpdyRelay<S> extends Omit<Relay, 'end'> {
  /** The streams on which the server may still speak. */
  heard(): readonly S[];
  say(stream: S, bytes: Uint8Array): Passed;
  /** Ends every stream with its last words, and the connection. */
  end(lastOf: (stream: S) => Uint8Array): Passed;
}
