// Does one attack: a connection of its own, the bytes, and its end. Whatever the other side does about it is fine here.
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { Attack } from './attack.ts';

/** After the last byte: most are answered or cut sooner, and some connections are to stay open beside the others. */
const PATIENCE_MS = 400;
/** A whole attack, whoever stalls it. */
const MOST_MS = 3000;

/** The bytes that it could write. */
export async function strike(port: number, attack: Attack): Promise<number> {
  const tcp = connectTcp(port, '127.0.0.1');
  const socket =
    attack.over === 'raw'
      ? tcp
      : connectTls({ socket: tcp, rejectUnauthorized: false, ALPNProtocols: [attack.over] });
  for (const each of new Set([tcp, socket])) each.on('error', () => {});
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
  tcp.once('close', leave);
  const late = setTimeout(() => {
    tcp.destroy();
    // A reset that comes after an orderly end fails, and then there is no close.
    leave();
  }, MOST_MS);
  try {
    await Promise.race([
      once(socket, attack.over === 'raw' ? 'connect' : 'secureConnect').catch(() => {}),
      gone,
    ]);
    socket.resume();
    const written = await write(socket, attack, gone);
    if (attack.end === 'half') socket.end();
    if (attack.end !== 'reset') await Promise.race([pause(PATIENCE_MS), gone]);
    return written;
  } finally {
    // It resets when all is written, which may be never.
    if (attack.end === 'reset') tcp.resetAndDestroy();
    else tcp.destroy();
    await gone;
    clearTimeout(late);
  }
}

async function write(socket: Socket, { pieces }: Attack, gone: Promise<void>): Promise<number> {
  let written = 0;
  for (const piece of pieces) {
    if (socket.destroyed || !socket.writable) return written;
    if (typeof piece === 'number') {
      await Promise.race([pause(piece), gone]);
      continue;
    }
    written += piece.length;
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), gone]);
  }
  return written;
}
