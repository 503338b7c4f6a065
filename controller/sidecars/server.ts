// The port that sidecars call (wire/routes.ts): HTTP/2 over TLS 1.3. Enrolment asks for no client certificate, since it
// hands them out (enrolment.ts); who shows one is given entitlements (entitlements.ts), its calls are counted (spending.ts) and its
// recordings kept (recordings/receiving.ts).
import { once } from 'node:events';
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { fingerprint } from '../../ca/x509.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { ROUTES } from '../../wire/routes.ts';
import type { Credentials } from '../identity/credentials.ts';
import { bundleOf } from '../identity/keeping.ts';
import type { KubeApi } from '../kube/api.ts';
import { type ReceivingDeps, receiving } from '../recordings/receiving.ts';
import { boundConnections } from '../slots.ts';
import { answer, failure } from './answer.ts';
import { enrolments } from './enrolment.ts';
import { entitlements } from './entitlements.ts';
import type { Proof } from './proof.ts';
import { keepSessions } from './sessions.ts';
import { type SpendingDeps, spending } from './spending.ts';
import { MAX_STREAMS, type Streams } from './streams.ts';

export const SIDECAR_PORT = 8443;

/**
 * Every sidecar's connection, and room for those that enrol. An address has these for whoever shows no identity of ours: a pod
 * needs one; many pods behind one address take turns, and wait for each other for a moment.
 */
const CONNECTIONS = { all: MAX_STREAMS + 256, each: 8 };
const HANDSHAKE_MS = 3_000;
/** An enrolment under way takes well under a second; who does not take its answer is not waited for. */
const DRAIN_MS = 3_000;
/** A sidecar has a stream or two, and enrols; it may have many calls to count, which take turns. */
const SETTINGS = { maxConcurrentStreams: 32, maxHeaderListSize: 8 * 1024 };

export interface SidecarServerOptions
  extends Pick<SpendingDeps, 'policies' | 'spends'>,
    Pick<ReceivingDeps, 'store'> {
  readonly address: string;
  readonly kube: KubeApi;
  readonly credentials: () => Credentials;
  readonly trustDomain: string;
  /** Where chaperone itself runs. */
  readonly namespace: string;
  readonly streams: Streams;
  readonly proof: Pick<Proof, 'stands' | 'renew'>;
  readonly log: Logger;
}

export interface SidecarServer {
  readonly renew: (credentials: Credentials) => void;
  readonly stop: () => Promise<void>;
}

export async function startSidecarServer(options: SidecarServerOptions): Promise<SidecarServer> {
  const { address, credentials, streams, proof, log } = options;
  const enrolment = enrolments(options);
  const following = entitlements(options);
  const counting = spending(options);
  const recording = receiving(options);
  const server = createSecureServer({
    ...secureContext(credentials()),
    requestCert: true,
    // A certificate that does not verify is nobody's, which is enough to enrol.
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_MS,
    settings: SETTINGS,
  });
  const connections = boundConnections(server, CONNECTIONS);
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.authorized) connections.isKnown(socket);
  });
  const sessions = keepSessions(server);

  async function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const { session } = stream;
    if (session === undefined || session.destroyed) return;
    const { remoteAddress: address = '' } = session.socket;
    const ours = (session.socket as TLSSocket).getX509Certificate();
    if (ours === undefined) return;
    if (!proof.stands()) return answer(stream, failure('CutOff'));
    const asked = `${headers[':method']} ${headers[':path']}`;
    if (asked === `${ROUTES.enrol.method} ${ROUTES.enrol.path}`) {
      const caller = { address, controllerSha256: fingerprint(ours), use: () => sessions.use(session) };
      return enrolment(stream, caller);
    }
    if (asked === `${ROUTES.entitlements.method} ${ROUTES.entitlements.path}`)
      return following.serve(stream, session, sessions);
    if (asked === `${ROUTES.spend.method} ${ROUTES.spend.path}`) return counting(stream, session);
    if (asked === `${ROUTES.recordings.method} ${ROUTES.recordings.path}`) return recording(stream, session);
    return answer(stream, failure('NoSuchRoute'));
  }

  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    serve(stream, headers).catch((error: unknown) => {
      log.warn('a call of a sidecar failed', { error });
      answer(stream, failure('ApiServerSilent'));
    });
  });
  // Handshakes that fail are the caller's affair.
  server.on('sessionError', () => {});
  server.on('tlsClientError', () => {});

  server.listen(SIDECAR_PORT, address);
  await once(server, 'listening');
  return {
    renew(next) {
      server.setSecureContext(secureContext(next));
      following.review();
    },
    async stop() {
      streams.end('this replica is stopping');
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
