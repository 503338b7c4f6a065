// The end of a connection from here: what stands in it is sent, and its end, and whoever does not end it then finds it closed.
import type { Duplex } from 'node:stream';

/** How long a side has to read what it was told last. */
const LINGER_MS = 1000;

/** As long as an idle connection is kept (server.ts): a pager or a slow link reads the last of an output at its own pace. */
const UNREAD_MS = 120_000;

/**
 * Takes no notice of what still comes: closed with that unread, the connection would be reset, and the last words lost. `isCut`: it
 * is closed by then also where it has not taken what stands in it.
 */
export function linger(socket: Duplex, isCut: boolean): void {
  if (socket.closed) return;
  const close = () => socket.destroy();
  let late = setTimeout(close, isCut ? LINGER_MS : UNREAD_MS);
  socket.once('close', () => clearTimeout(late));
  socket.end(() => {
    if (isCut || socket.closed) return;
    clearTimeout(late);
    late = setTimeout(close, LINGER_MS);
  });
  socket.resume();
}

/** Resolves once it is closed. */
export const closeOf = (socket: Duplex): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', resolve);
  });
