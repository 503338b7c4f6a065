// A bounded number of places, and a smaller number for each holder, so that no one who calls takes what is everyone's.
import type { Server, Socket } from 'node:net';

export interface Bounds {
  /** Of all holders together. */
  readonly all: number;
  readonly each: number;
}

export interface Slots {
  /** Takes so many places, or none; what is returned gives them back, once. Undefined: there are not so many. */
  take(holder: string, places?: number): (() => void) | undefined;
}

export function slots({ all, each }: Bounds): Slots {
  const held = new Map<string, number>();
  let taken = 0;

  function giveBack(holder: string, places: number): void {
    const left = (held.get(holder) ?? 0) - places;
    if (left > 0) held.set(holder, left);
    else held.delete(holder);
    taken -= places;
  }

  return {
    take(holder, places = 1) {
      const own = held.get(holder) ?? 0;
      if (taken + places > all || own + places > each) return undefined;
      held.set(holder, own + places);
      taken += places;
      let isTaken = true;
      return () => {
        if (isTaken) giveBack(holder, places);
        isTaken = false;
      };
    },
  };
}

type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>;

export interface BoundConnections {
  /** Who is at the other end has been proven: the connection counts for its address no more, among all it does. */
  isKnown(peer: Peer): void;
}

/** Connections by remote address, from before any handshake; one too many is closed. */
export function boundConnections(server: Server, { all, each }: Bounds): BoundConnections {
  const places = slots({ all, each: all });
  const shares = slots({ all, each });
  const shareOf = new Map<string, () => void>();
  const nameOf = ({ remoteAddress = '', remotePort = 0 }: Peer) => `${remoteAddress} ${remotePort}`;

  server.on('connection', (socket) => {
    const name = nameOf(socket);
    const giveBackShare = shares.take(socket.remoteAddress ?? '');
    const giveBackPlace = giveBackShare && places.take('');
    if (giveBackShare !== undefined) shareOf.set(name, giveBackShare);
    socket.once('close', () => {
      giveBackShare?.();
      giveBackPlace?.();
      if (shareOf.get(name) === giveBackShare) shareOf.delete(name);
    });
    if (giveBackPlace === undefined) socket.destroy();
  });
  return { isKnown: (peer) => shareOf.get(nameOf(peer))?.() };
}
