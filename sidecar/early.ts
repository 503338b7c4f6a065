// The agent's connection while its call may still switch protocols: it is read all along, so that its end is seen, and what comes
// early is kept for whoever goes on with it.
import type { Socket } from 'node:net';

export interface Early {
  /** Aborted once the agent has ended the connection, or its half of it: half is no more than none (splice.ts). */
  readonly gone: AbortSignal;
  /** Paused, with all that has come put back. Once. */
  take(): Socket;
}

/** Beyond it nothing is read until it is taken; hardly a client says anything before it is answered. */
const MAX_EARLY_BYTES = 8 * 1024;

/** `head`: what came together with the head of the call. */
export function readEarly(socket: Socket, head: Buffer): Early {
  const gone = new AbortController();
  let kept = head;

  const end = (): void => gone.abort();
  const keep = (chunk: Buffer): void => {
    // It is answered in place of a switch, and what still comes is let go (linger.ts).
    if (socket.writableEnded) return;
    // Joined, for a chunk of a few bytes is an object of a hundred.
    kept = Buffer.concat([kept, chunk]);
    if (kept.length >= MAX_EARLY_BYTES) socket.pause();
  };
  socket.on('data', keep).once('end', end).once('close', end).resume();
  return {
    gone: gone.signal,
    take() {
      socket.off('data', keep).off('end', end).off('close', end).pause();
      if (!gone.signal.aborted) socket.unshift(kept);
      return socket;
    },
  };
}
