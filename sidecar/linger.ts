// The end of a connection from here: what stands in it is sent, and its end, and whoever does not end it then finds it closed.
import type { Duplex } from 'node:stream';

/** How long a side has to read what it was told last. */
const LINGER_MS = 1000;

/** Takes no notice of what still comes: closed with that unread, the connection would be reset, and the last words lost. */
export function linger(socket: Duplex): void {
  const late = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(late));
  socket.end();
  socket.resume();
}
