// A bounded number of places, and a smaller number for each holder, so that no one who calls takes what is everyone's.
import type { Server } from 'node:net';

export interface Bounds {
  /** Of all holders together. */
  readonly all: number;
  readonly each: number;
}

export interface Slots {
  /** Gives the place back when it is called, once; undefined: there is none. */
  take(holder: string): (() => void) | undefined;
}

export function slots({ all, each }: Bounds): Slots {
  const held = new Map<string, number>();
  let taken = 0;

  function giveBack(holder: string): void {
    const left = (held.get(holder) ?? 0) - 1;
    if (left > 0) held.set(holder, left);
    else held.delete(holder);
    taken -= 1;
  }

  return {
    take(holder) {
      const own = held.get(holder) ?? 0;
      if (taken >= all || own >= each) return undefined;
      held.set(holder, own + 1);
      taken += 1;
      let isTaken = true;
      return () => {
        if (isTaken) giveBack(holder);
        isTaken = false;
      };
    },
  };
}

/** Connections by remote address, from before any handshake; one too many is closed. */
export function boundConnections(server: Server, bounds: Bounds): void {
  const connections = slots(bounds);
  server.on('connection', (socket) => {
    const giveBack = connections.take(socket.remoteAddress ?? '');
    if (giveBack === undefined) socket.destroy();
    else socket.once('close', giveBack);
  });
}
