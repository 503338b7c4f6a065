// The port that sidecars call (wire/routes.ts): HTTP/2 over TLS 1.3. Enrolment asks for no client certificate, since it
// hands them out; entitlements are given to the agent that the client's certificate names, for as long as it is valid.
import { once } from 'node:events';
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { readAgent } from '../../ca/agent.ts';
import { fingerprint } from '../../ca/x509.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { ROUTES } from '../../wire/routes.ts';
import type { Credentials } from '../identity/credentials.ts';
import { bundleOf } from '../identity/keeping.ts';
import type { KubeApi } from '../kube/api.ts';
import { findAgent } from './agent.ts';
import { answer, failure } from './answer.ts';
import { enrolments } from './enrolment.ts';
import { MAX_STREAMS, type Streams } from './streams.ts';

export const SIDECAR_PORT = 8443;

/** Every sidecar's connection, and as many again that enrol. */
const MAX_CONNECTIONS = 2 * MAX_STREAMS;
/** A session on which nothing moves: a stream is renewed three times as often. */
const IDLE_MS = 60_000;
/** An enrolment under way takes well under a second; who does not take its answer is not waited for. */
const DRAIN_MS = 3_000;
/** A sidecar has one stream, and enrols. */
const SETTINGS = { maxConcurrentStreams: 8, maxHeaderListSize: 8 * 1024 };
/** Timers of Node.js hold 2^31 ms; an identity lives an hour. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface SidecarServerOptions {
  readonly address: string;
  readonly kube: KubeApi;
  readonly credentials: () => Credentials;
  readonly trustDomain: string;
  readonly streams: Streams;
  readonly log: Logger;
}

export interface SidecarServer {
  readonly renew: (credentials: Credentials) => void;
  readonly stop: () => Promise<void>;
}

export async function startSidecarServer(options: SidecarServerOptions): Promise<SidecarServer> {
  const { address, kube, credentials, trustDomain, streams, log } = options;
  const enrolment = enrolments(options);
  const server = createSecureServer({
    ...secureContext(credentials()),
    requestCert: true,
    // A certificate that does not verify is nobody's, which is enough to enrol.
    rejectUnauthorized: false,
    settings: SETTINGS,
  });
  server.maxConnections = MAX_CONNECTIONS;

  async function entitlements(stream: ServerHttp2Stream, socket: TLSSocket): Promise<void> {
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    const named = certificate && readAgent(certificate, trustDomain);
    const leftMs = certificate === undefined ? 0 : certificate.validToDate.getTime() - Date.now();
    if (named === undefined || leftMs <= 0)
      return answer(stream, failure(401, 'Unauthorized', 'no valid identity was shown; enrol first'));
    const agent = await findAgent(kube, named);
    if (agent === undefined)
      return answer(stream, failure(403, 'Forbidden', 'the pod that the identity names does not exist'));
    if (stream.destroyed) return;
    if (streams.open(stream, agent) === 'full')
      return answer(
        stream,
        failure(503, 'ServiceUnavailable', 'this replica serves no more sidecars; try again'),
      );
    const end = setTimeout(() => stream.end(), Math.min(leftMs, MAX_TIMER_MS));
    stream.on('close', () => clearTimeout(end));
  }

  async function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const socket = stream.session?.socket as TLSSocket | undefined;
    const ours = socket?.getX509Certificate();
    if (socket === undefined || ours === undefined) return;
    const asked = `${headers[':method']} ${headers[':path']}`;
    if (asked === `${ROUTES.enrol.method} ${ROUTES.enrol.path}`) return enrolment(stream, fingerprint(ours));
    if (asked === `${ROUTES.entitlements.method} ${ROUTES.entitlements.path}`)
      return entitlements(stream, socket);
    return answer(
      stream,
      failure(404, 'NotFound', 'there is nothing here; run sidecar and controller from one release'),
    );
  }

  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.setTimeout(IDLE_MS, () => session.destroy());
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    serve(stream, headers).catch((error: unknown) => {
      log.warn('a call of a sidecar failed', { error });
      answer(stream, failure(500, 'InternalError', 'the API server did not answer; try again'));
    });
  });
  // Handshakes that fail are the caller's affair.
  server.on('sessionError', () => {});
  server.on('tlsClientError', () => {});

  server.listen(SIDECAR_PORT, address);
  await once(server, 'listening');
  return {
    renew: (next) => server.setSecureContext(secureContext(next)),
    async stop() {
      streams.stop();
      const closed = once(server, 'close');
      server.close();
      for (const session of sessions) session.close();
      const late = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, DRAIN_MS);
      await closed;
      clearTimeout(late);
    },
  };
}

/** Whole each time: what a renewal leaves out goes back to Node's defaults. */
const secureContext = (credentials: Credentials) => ({
  minVersion: 'TLSv1.3' as const,
  key: credentials.serving.key,
  cert: credentials.serving.cert,
  ca: bundleOf(credentials),
});
