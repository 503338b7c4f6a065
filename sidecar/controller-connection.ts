// One HTTP/2 connection to the controller, verified by the control roots alone: its address is a number, so the name in
// its certificate is the Service's.
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

/** A controller that has not answered by then is down. */
export const CONTROLLER_TIMEOUT_MS = 10_000;

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
    const late = setTimeout(() => fail(new Error('the controller did not answer')), CONTROLLER_TIMEOUT_MS);
    session.on('error', fail);
    session.once('connect', (_session, socket) => {
      clearTimeout(late);
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
        close: () => session.destroy(),
      });
    });
  });
}
