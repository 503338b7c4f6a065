// For tests of streams: two real connections by TLS with a splice between them, as an agent and an API server have one with the
// sidecar, and what each of the four ends has been told.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { selfSigned } from './test-tls.ts';

const certificate = selfSigned();

export interface Connection extends AsyncDisposable {
  /** What the sidecar holds of it. */
  readonly near: TLSSocket;
  readonly far: TLSSocket;
  /** All that has come at the far end. */
  readonly heard: Buffer[];
}

/** `near` is paused, `far` reads. */
export async function connection(): Promise<Connection> {
  const server = createServer({ cert: certificate.chain, key: certificate.key });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const far = connect({
    port,
    host: '127.0.0.1',
    ca: certificate.chain,
    servername: 'localhost',
  });
  const [near] = (await once(server, 'secureConnection')) as [TLSSocket];
  if (far.getSession() === undefined) await once(far, 'secureConnect');
  near.pause();
  const heard: Buffer[] = [];
  far.on('error', () => {}).on('data', (chunk: Buffer) => heard.push(chunk));
  server.close();
  return {
    near,
    far,
    heard,
    async [Symbol.asyncDispose]() {
      near.destroy();
      far.destroy();
    },
  };
}
