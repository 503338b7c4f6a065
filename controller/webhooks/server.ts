// The port that the API server calls: four webhooks and two probes, over TLS with a certificate of the control root.
// Bodies, time and connections are bounded; what fails is a failed call, which failurePolicy Fail makes a denial.
import fastify from 'fastify';
import type { InjectorConfig } from '../../injector/config.ts';
import { review } from '../../injector/review.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { beginDecision } from '../decisions.ts';
import type { Credentials } from '../identity/credentials.ts';
import { boundConnections } from '../slots.ts';
import { answerReview } from './admission.ts';
import { admitGrant, type GrantFacts } from './grants.ts';
import { admitPolicy, type PolicyFacts } from './policies.ts';

export const WEBHOOK_PORT = 9443;

/** An update holds an object twice; etcd keeps none above 1.5 MiB, and what is larger is denied by not being answered. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** The webhooks' own timeoutSeconds is 5: later nobody waits any more. */
const REQUEST_TIMEOUT_MS = 6_000;
/** Of a handshake, and of a request's head from the connection's first moment: who is silent holds no place. */
const SILENT_MS = 1_000;
/** API servers hold a connection for each pod that is created at once; the kubelet's probes come and go. */
const CONNECTIONS = { all: 512, each: 64 };

export interface WebhookOptions {
  readonly address: string;
  readonly credentials: Credentials;
  /** Of this moment: the control root's bundle in it may move on. */
  readonly injector: () => InjectorConfig;
  readonly policies: PolicyFacts;
  readonly grants: GrantFacts;
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
  const { address, credentials, injector, policies, grants, notReady, log } = options;
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
  });
  boundConnections(app.server, CONNECTIONS);
  app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    log.warn('a webhook call failed', { url: request.routeOptions.url ?? 'unknown', error });
    const { statusCode = 500 } = error;
    return reply
      .code(statusCode)
      .send({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: statusCode });
  });

  const webhooks: Readonly<Record<string, Webhook>> = {
    'mutate-pods': async (body) => review('mutate', body, injector()),
    'validate-pods': async (body) => review('validate', body, injector()),
    'validate-policies': (body) => answerReview(body, (request) => admitPolicy(request, policies)),
    'validate-grants': (body) => answerReview(body, (request) => admitGrant(request, grants)),
  };
  for (const [name, webhook] of Object.entries(webhooks)) {
    app.post(`/${name}`, ({ body }) => told(name, () => webhook(body)));
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

type Webhook = (body: unknown) => Promise<Answer>;

/** An answered AdmissionReview, as far as its span looks. */
interface Answer {
  readonly response: {
    readonly allowed: boolean;
    readonly status?: { readonly details?: { readonly causes?: readonly { readonly reason?: string }[] } };
  };
}

async function told(name: string, answer: () => Promise<Answer>): Promise<Answer> {
  const tell = beginDecision(name);
  try {
    const answered = await answer();
    const { allowed, status } = answered.response;
    tell({ decision: allowed ? 'permit' : 'denial', refusal: status?.details?.causes?.[0]?.reason });
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
