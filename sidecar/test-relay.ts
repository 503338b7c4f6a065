// For tests: a TCP relay between a client and a server that are both real: it carries bytes, until it is told to stall. Then it is a
// network that drops: what is open stays open and is silent, what is new is accepted and never answered.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Relay extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly address: string;
  stall(): void;
  /** Carries what comes anew; what was silent is cut, as a network that is back does sooner or later. */
  resume(): void;
}

export async function startRelay(to: { readonly host: string; readonly port: number }): Promise<Relay> {
  const open = new Set<Socket>();
  let isStalled = false;

  function carry(near: Socket): void {
    const far = connect(to);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('data', (chunk) => {
        if (!isStalled) other.write(chunk);
      });
      one.on('end', () => {
        if (!isStalled) other.end();
      });
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        if (!isStalled) other.destroy();
      });
    }
  }

  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (!isStalled) return carry(near);
    open.add(near);
    near.on('error', () => {}).on('close', () => open.delete(near));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stall() {
      isStalled = true;
    },
    resume() {
      isStalled = false;
      cut();
    },
    async [Symbol.asyncDispose]() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
