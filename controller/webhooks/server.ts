// The port that the API server calls: five webhooks and two probes, over TLS with a certificate of the control root.
// Bodies, time and connections are bounded; what fails is a failed call, which failurePolicy Fail makes a denial.
import fastify from 'fastify';
import type { Logger } from '../../telemetry/logger.ts';
import { beginDecision } from '../decisions.ts';
import type { Credentials } from '../identity/credentials.ts';
import { boundConnections } from '../slots.ts';
import { type AnsweredReview, answerReview } from './admission.ts';
import { boundBodies, MAX_BODY_BYTES } from './bodies.ts';
import { routes, type WebhookSources } from './routes.ts';

export const WEBHOOK_PORT = 9443;

/** The webhooks' own timeoutSeconds is 5: later nobody waits any more. */
const REQUEST_TIMEOUT_MS = 6_000;
/** Of a handshake, and of a request's head from the connection's first moment: who is silent holds no place. */
const SILENT_MS = 1_000;
/**
 * Longer than the 90 s after which the API server closes a connection that it has not used: it does not repeat a call that
 * meets a closing one. Source: apimachinery/pkg/util/net/http.go, SetTransportDefaults.
 */
const KEEP_ALIVE_MS = 120_000;
/** API servers hold a connection for each pod that is created at once; the kubelet's probes come and go. */
const CONNECTIONS = { all: 512, each: 64 };

export interface WebhookOptions extends WebhookSources {
  readonly address: string;
  readonly credentials: Credentials;
  /** Why the controller cannot serve yet or any more; undefined when it can. */
  readonly notReady: () => string | undefined;
  readonly log: Logger;
}

export interface WebhookServer {
  readonly renew: (credentials: Credentials) => void;
  /** Answers what is under way, and takes nothing new. */
  readonly stop: () => Promise<void>;
}

export async function startWebhooks(options: WebhookOptions): Promise<WebhookServer> {
  const { address, credentials, notReady, log } = options;
  const app = fastify({
    https: {
      ...secureContext(credentials),
      handshakeTimeout: SILENT_MS,
      headersTimeout: SILENT_MS,
      connectionsCheckingInterval: SILENT_MS,
    },
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  boundConnections(app.server, CONNECTIONS);
  app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    log.warn('a webhook call failed', { url: request.routeOptions.url ?? 'unknown', error });
    const { statusCode = 500 } = error;
    return reply
      .code(statusCode)
      .send({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: statusCode });
  });

  // The API server keeps its connections, and would go on calling a replica that the Service leads to no more.
  app.addHook('onSend', async (_, reply) => {
    if (notReady() !== undefined) reply.header('connection', 'close');
  });

  const bounds = boundBodies();
  for (const [name, decide] of Object.entries(routes(options))) {
    app.post(`/${name}`, bounds, ({ body }) => told(name, () => answerReview(body, decide)));
  }
  app.get('/livez', async () => 'ok');
  app.get('/readyz', async (_, reply) => {
    const why = notReady();
    return why === undefined ? 'ok' : reply.code(503).send(why);
  });

  await app.listen({ port: WEBHOOK_PORT, host: address });
  return {
    renew: (next) => app.server.setSecureContext(secureContext(next)),
    stop: () => app.close(),
  };
}

async function told(name: string, answer: () => Promise<AnsweredReview>): Promise<AnsweredReview> {
  const tell = beginDecision(name);
  try {
    const answered = await answer();
    const { allowed, status } = answered.response;
    tell({ decision: allowed ? 'permit' : 'denial', refusal: status?.details.causes[0]?.reason });
    return answered;
  } catch (error) {
    tell({ decision: 'denial', refusal: 'Internal' });
    throw error;
  }
}

/** Whole each time: what a renewal leaves out goes back to Node's defaults. */
const secureContext = ({ serving }: Credentials) => ({
  minVersion: 'TLSv1.3' as const,
  key: serving.key,
  cert: serving.cert,
});
