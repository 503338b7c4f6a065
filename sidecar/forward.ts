// One call to the API server and its answer back, through http2-proxy. Only a Permit opens this door. The upstream request
// is built here from nothing of the agent's but what the allow-list took over; the library's own header handling, its
// framing and its way with a 101 are all replaced.
import type { ClientRequest, IncomingMessage } from 'node:http';
import proxy from 'http2-proxy';
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { Presented } from './credential.ts';
import type { AgentRequest, AgentResponse } from './listener.ts';
import { SHOWN, type Shown } from './show.ts';
import type { Upstream } from './upstream.ts';
import { isStaleConnection, sendUpstream } from './upstream-request.ts';

export interface Forwarding<Other extends Instead> {
  readonly permit: Permit;
  /** The permit's, as a wall wants it asked for (wall.ts). */
  readonly target: string;
  readonly presented: Presented;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, already read and checked; undefined for a call without one. */
  readonly body: Buffer | undefined;
  /** Passes the answer on to the agent, or says what becomes of it. */
  readonly show: (answer: IncomingMessage) => Promise<Shown | Refusal | Other>;
  /** Aborted when the permit ends: the call is broken off towards the API server, and not made again. */
  readonly signal: AbortSignal;
}

/** What else may become of an answer of which nothing is shown: whoever shows it says. */
export interface Instead {
  readonly kind: 'overtaken';
}

/**
 * Forwards a permitted call. Resolves when the answer has been passed on or the agent went away, or with the refusal to
 * answer with (a response whose head is already out is then broken off).
 */
export async function forward<Other extends Instead>(
  upstream: Upstream,
  req: AgentRequest,
  res: AgentResponse,
  forwarding: Forwarding<Other>,
): Promise<Shown | Refusal | Other> {
  const first = await attempt(upstream, req, res, forwarding);
  // What changes nothing is sent once more, as long as there is someone to answer. A call that was cut fails by its signal.
  const again = first.staleConnection && isSafe(req) && !res.headersSent && !res.closed;
  return (again ? await attempt(upstream, req, res, forwarding) : first).outcome;
}

interface Attempt<Other> {
  readonly outcome: Shown | Refusal | Other;
  /** It failed on a connection that had served before, before an answer came. */
  readonly staleConnection: boolean;
}

async function attempt<Other extends Instead>(
  upstream: Upstream,
  req: AgentRequest,
  res: AgentResponse,
  { permit, target, presented, headers, body, show, signal }: Forwarding<Other>,
): Promise<Attempt<Other>> {
  let outcome = SHOWN as Shown | Refusal | Other;
  const options = {
    ...upstream.options(presented),
    method: permit.request.method,
    path: upstream.pathOf(target),
    headers,
    signal,
  };
  const onReq = async (): Promise<ClientRequest> =>
    sendUpstream(options, body, () => {
      outcome = refuse('UnexpectedUpgrade', { request: permit.request });
    });
  const onRes = async (_req: unknown, _res: unknown, answer: IncomingMessage): Promise<void> => {
    outcome = await show(answer);
    // Nothing of it goes on.
    if (outcome.kind !== 'shown') throw new Error(outcome.kind);
  };
  try {
    // The library's types know either HTTP/1 or HTTP/2; it takes what the listener gives for both.
    await (proxy.web as Web)(req, res, { onReq, onRes });
    return { outcome, staleConnection: false };
  } catch (error) {
    if (outcome.kind !== 'shown') return { outcome, staleConnection: false };
    const failed = error as Error & { code?: string; reusedSocket?: boolean };
    const why = failed.code ?? 'the connection failed';
    return {
      outcome: refuse('UpstreamUnavailable', { request: permit.request, why }),
      staleConnection: isStaleConnection(failed, failed),
    };
  }
}

type Web = (req: AgentRequest, res: AgentResponse, options: object) => Promise<void>;

function isSafe(req: AgentRequest): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}
