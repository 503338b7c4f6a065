// One HTTP/2 connection to a replica of the controller, verified by the control roots alone: its address is a number, so
// the name in its certificate is the Service's. A replica that has gone silent is found out by asking, and left.
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { TLSSocket } from 'node:tls';

export interface ControllerAddress {
  readonly url: URL;
  /** PEM bundle: what the controller is believed by. */
  readonly roots: string;
}

export interface ClientIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** TCP and TLS. The replica that the Service chose has gone, or hangs; the next attempt may find another. */
const CONNECT_WITHIN_MS = 5_000;
/**
 * A peer that is silent for good (a node without power, a network that drops) ends no connection. Asked this often, and
 * left where it has not answered by the next time, it costs ten of the sixty seconds of a lease.
 */
const PING_EVERY_MS = 5_000;

export interface ControllerConnection {
  /** DER of the certificate that the controller showed. */
  readonly certificate: Buffer;
  request(method: string, path: string): ClientHttp2Stream;
  readonly session: ClientHttp2Session;
  close(): void;
}

/** Connects, with a client certificate where there is one. Rejects with the reason, which names no secret. */
export function connectController(
  { url, roots }: ControllerAddress,
  identity?: ClientIdentity,
): Promise<ControllerConnection> {
  return new Promise((resolve, reject) => {
    const session = connect(url, {
      ca: roots,
      minVersion: 'TLSv1.3',
      ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
    });
    const fail = (error: Error): void => {
      clearTimeout(late);
      session.destroy();
      reject(error);
    };
    const late = setTimeout(() => fail(new Error('the controller did not answer')), CONNECT_WITHIN_MS);
    session.on('error', fail);
    session.once('connect', (_session, socket) => {
      clearTimeout(late);
      leaveWhenSilent(session);
      const certificate = (socket as TLSSocket).getPeerX509Certificate()?.raw;
      if (certificate === undefined) return fail(new Error('the controller showed no certificate'));
      return resolve({
        certificate,
        session,
        request: (method, path) =>
          session.request(
            { [constants.HTTP2_HEADER_METHOD]: method, [constants.HTTP2_HEADER_PATH]: path },
            { endStream: method === 'GET' },
          ),
        // At once: a peer that no longer answers would keep a connection that waits for it.
        close() {
          session.destroy();
          // A session whose peer has said goodbye would wait for it to close its side.
          socket.destroy();
        },
      });
    });
  });
}

function leaveWhenSilent(session: ClientHttp2Session): void {
  let isAnswered = true;
  const pings = setInterval(() => {
    // Its `close` may come a while after its end, and to ask it then throws.
    if (session.destroyed) return;
    if (!isAnswered) return session.destroy(new Error('the controller is silent'));
    isAnswered = false;
    session.ping((error) => {
      isAnswered = error === null;
    });
  }, PING_EVERY_MS);
  session.once('close', () => clearInterval(pings));
}
