// An API server that misbehaves on demand, which the real one cannot: it answers each path with the bytes a test gave it.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { makeLoopback } from '../../cli/run/loopback.ts';
import type { ApiServer } from '../../sidecar/upstream.ts';

/** Given the connection and how many requests came on it, this one included. */
export type Behaviour = (socket: TLSSocket, requestsOnConnection: number) => void;

export interface MisbehavingServer extends AsyncDisposable {
  readonly apiServer: ApiServer;
  /** The heads that came, in order: request line and headers. */
  readonly heads: string[];
  /** What is done from now on with every request. */
  behave(behaviour: Behaviour): void;
}

export async function startMisbehavingServer(): Promise<MisbehavingServer> {
  const loopback = await makeLoopback(Date.now());
  const { chain, key } = await loopback.issue(Date.now());
  const heads: string[] = [];
  const open = new Set<TLSSocket>();
  let behaviour: Behaviour = (socket) => socket.destroy();
  const server = createServer({ cert: chain, key }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    let unread = '';
    let requests = 0;
    socket.on('data', (chunk) => {
      unread += chunk.toString('latin1');
      for (let end = unread.indexOf('\r\n\r\n'); end !== -1; end = unread.indexOf('\r\n\r\n')) {
        const head = unread.slice(0, end);
        const bodyBytes = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (unread.length < end + 4 + bodyBytes) return;
        unread = unread.slice(end + 4 + bodyBytes);
        heads.push(head);
        requests += 1;
        behaviour(socket, requests);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    apiServer: {
      url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`),
      ca: loopback.ca,
    },
    heads,
    behave(next) {
      behaviour = next;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer's bytes, framed by its length unless a header says otherwise. */
export function answering(
  status: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): Behaviour {
  const bytes = Buffer.from(body);
  const framed =
    'transfer-encoding' in headers ? headers : { 'content-length': String(bytes.length), ...headers };
  const lines = Object.entries(framed).map(([name, value]) => `${name}: ${value}\r\n`);
  return (socket) =>
    void socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), bytes]));
}
