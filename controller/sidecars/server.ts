// The port that sidecars call (wire/routes.ts): HTTP/2 over TLS 1.3. Enrolment asks for no client certificate, since it
// hands them out; entitlements are given to the agent that the client's certificate names, for as long as it is valid.
import { once } from 'node:events';
import {
  createSecureServer,
  type Http2Session,
  type IncomingHttpHeaders,
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
import { boundConnections } from '../slots.ts';
import { findAgent } from './agent.ts';
import { answer, failure } from './answer.ts';
import { enrolments } from './enrolment.ts';
import { keepSessions } from './sessions.ts';
import { MAX_STREAMS, type Streams } from './streams.ts';
import { firstWorkloads } from './workload.ts';

export const SIDECAR_PORT = 8443;

/** Every sidecar's connection, and room for those that enrol. A node has some hundred pods, were it to hide their addresses. */
const CONNECTIONS = { all: MAX_STREAMS + 256, each: 128 };
const HANDSHAKE_MS = 3_000;
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
  /** Where chaperone itself runs. */
  readonly namespace: string;
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
  const workloadOf = firstWorkloads(kube);
  const server = createSecureServer({
    ...secureContext(credentials()),
    requestCert: true,
    // A certificate that does not verify is nobody's, which is enough to enrol.
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_MS,
    settings: SETTINGS,
  });
  boundConnections(server, CONNECTIONS);
  const sessions = keepSessions(server);

  async function entitlements(stream: ServerHttp2Stream, session: Http2Session): Promise<void> {
    const socket = session.socket as TLSSocket;
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    const named = certificate && readAgent(certificate, trustDomain);
    const leftMs = certificate === undefined ? 0 : certificate.validToDate.getTime() - Date.now();
    if (named === undefined || leftMs <= 0)
      return answer(stream, failure(401, 'Unauthorized', 'no valid identity was shown; enrol first'));
    const done = sessions.use(session);
    stream.on('close', done);
    const agent = await findAgent(kube, named, workloadOf);
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
    const { session } = stream;
    if (session === undefined || session.destroyed) return;
    const { remoteAddress: address = '' } = session.socket;
    const ours = (session.socket as TLSSocket).getX509Certificate();
    if (ours === undefined) return;
    const asked = `${headers[':method']} ${headers[':path']}`;
    if (asked === `${ROUTES.enrol.method} ${ROUTES.enrol.path}`) {
      const caller = { address, controllerSha256: fingerprint(ours), use: () => sessions.use(session) };
      return enrolment(stream, caller);
    }
    if (asked === `${ROUTES.entitlements.method} ${ROUTES.entitlements.path}`)
      return entitlements(stream, session);
    return answer(
      stream,
      failure(404, 'NotFound', 'there is nothing here; run sidecar and controller from one release'),
    );
  }

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
      for (const session of sessions.all()) session.close();
      const late = setTimeout(() => {
        for (const session of sessions.all()) session.destroy();
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
