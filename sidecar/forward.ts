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
import { sendUpstream } from './upstream-request.ts';

export interface Forwarding {
  readonly permit: Permit;
  /** The permit's, as a wall wants it asked for (wall.ts). */
  readonly target: string;
  readonly presented: Presented;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, already read and checked; undefined for a call without one. */
  readonly body: Buffer | undefined;
  /** Passes the answer on to the agent, or says why it may not be. */
  readonly show: (answer: IncomingMessage) => Promise<Shown | Refusal>;
  /** Aborted when the permit ends: the call is broken off towards the API server, and not made again. */
  readonly signal: AbortSignal;
}

/** How a kept-alive connection fails that the server was closing while we took it up again. */
const STALE_CONNECTION = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Forwards a permitted call. Resolves when the answer has been passed on or the agent went away, or with the refusal to
 * answer with (a response whose head is already out is then broken off).
 */
export async function forward(
  upstream: Upstream,
  req: AgentRequest,
  res: AgentResponse,
  forwarding: Forwarding,
): Promise<Shown | Refusal> {
  const first = await attempt(upstream, req, res, forwarding);
  // What changes nothing is sent once more, as long as there is someone to answer. A call that was cut fails by its signal.
  const again = first.staleConnection && isSafe(req) && !res.headersSent && !res.closed;
  return (again ? await attempt(upstream, req, res, forwarding) : first).outcome;
}

interface Attempt {
  readonly outcome: Shown | Refusal;
  /** It failed on a connection that had served before, before an answer came. */
  readonly staleConnection: boolean;
}

async function attempt(
  upstream: Upstream,
  req: AgentRequest,
  res: AgentResponse,
  { permit, target, presented, headers, body, show, signal }: Forwarding,
): Promise<Attempt> {
  let outcome = SHOWN as Shown | Refusal;
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
    if (outcome.kind === 'refusal') throw new Error(outcome.code);
  };
  try {
    // The library's types know either HTTP/1 or HTTP/2; it takes what the listener gives for both.
    await (proxy.web as Web)(req, res, { onReq, onRes });
    return { outcome, staleConnection: false };
  } catch (error) {
    if (outcome.kind === 'refusal') return { outcome, staleConnection: false };
    const { code, reusedSocket } = error as { code?: string; reusedSocket?: boolean };
    const why = code ?? 'the connection failed';
    const staleConnection = reusedSocket === true && STALE_CONNECTION.has(why);
    return { outcome: refuse('UpstreamUnavailable', { request: permit.request, why }), staleConnection };
  }
}

type Web = (req: AgentRequest, res: AgentResponse, options: object) => Promise<void>;

function isSafe(req: AgentRequest): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}
