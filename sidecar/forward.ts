// One call to the API server and its answer back, through http2-proxy. Only a Permit opens this door. The upstream request
// is built here from nothing of the agent's but what the allow-list took over; the library's own header handling, its
// framing and its way with a 101 are all replaced.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import proxy from 'http2-proxy';
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { Presented } from './credential.ts';
import type { AgentRequest, AgentResponse } from './listener.ts';
import type { Shown } from './show.ts';
import { CONNECT_TIMEOUT_MS, type Upstream } from './upstream.ts';

export interface Forwarding {
  readonly permit: Permit;
  readonly presented: Presented;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, already read and checked; undefined for a call without one. */
  readonly body: Buffer | undefined;
  /** Passes the answer on to the agent, or says why it may not be. */
  readonly show: (answer: IncomingMessage) => Promise<Shown | Refusal>;
  /** Given the upstream request as soon as there is one, so that an open call can be cut. */
  readonly onRequest: (request: ClientRequest) => void;
}

/** An API server answers within its own 60 s request timeout; a log that waits for its container takes longer. */
const HEAD_TIMEOUT_MS = 300_000;

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
  // An idle connection may be closed by the server at the moment it is used again; what changes nothing is sent once more.
  const again = first.reusedSocket && isSafe(req) && !res.headersSent && !res.closed;
  return (again ? await attempt(upstream, req, res, forwarding) : first).outcome;
}

interface Attempt {
  readonly outcome: Shown | Refusal;
  /** It failed on a connection that had served before. */
  readonly reusedSocket: boolean;
}

async function attempt(
  upstream: Upstream,
  req: AgentRequest,
  res: AgentResponse,
  { permit, presented, headers, body, show, onRequest }: Forwarding,
): Promise<Attempt> {
  let outcome = { kind: 'shown', masked: 0 } as Shown | Refusal;
  const onReq = async (): Promise<ClientRequest> => {
    const request = httpsRequest({
      ...upstream.options(presented),
      method: permit.request.method,
      path: upstream.pathOf(permit.request.target),
      headers,
      setHost: false,
    });
    refuseUpgrade(request, () => {
      outcome = refuse('UnexpectedUpgrade', {});
    });
    boundWaits(request);
    onRequest(request);
    request.end(body);
    return request;
  };
  const onRes = async (_req: unknown, _res: unknown, answer: IncomingMessage): Promise<void> => {
    outcome = await show(answer);
    if (outcome.kind === 'refusal') throw new Error(outcome.code);
  };
  try {
    // The library's types know either HTTP/1 or HTTP/2; it takes what the listener gives for both.
    await (proxy.web as Web)(req, res, { onReq, onRes });
    return { outcome, reusedSocket: false };
  } catch (error) {
    if (outcome.kind === 'refusal') return { outcome, reusedSocket: false };
    const { code, reusedSocket } = error as { code?: string; reusedSocket?: boolean };
    const why = code ?? 'the connection failed';
    return { outcome: refuse('UpstreamUnavailable', { why }), reusedSocket: reusedSocket === true };
  }
}

type Web = (req: AgentRequest, res: AgentResponse, options: object) => Promise<void>;

function isSafe(req: AgentRequest): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}

/** http2-proxy would write an upstream 101 into the agent's response: it never gets to see one. */
function refuseUpgrade(request: ClientRequest, refused: () => void): void {
  const on = request.on.bind(request);
  request.on = (event: string, listener: (...args: never[]) => void) =>
    event === 'upgrade' ? request : on(event, listener as (...args: unknown[]) => void);
  on('upgrade', (_answer, socket) => {
    refused();
    socket.destroy();
    request.destroy(new Error('unexpected 101'));
  });
}

function boundWaits(request: ClientRequest): void {
  const connecting = setTimeout(() => request.destroy(coded('ETIMEDOUT')), CONNECT_TIMEOUT_MS);
  const waiting = setTimeout(() => request.destroy(coded('ETIMEDOUT')), HEAD_TIMEOUT_MS);
  request.once('socket', (socket) => {
    if ((socket as { secureConnecting?: boolean }).secureConnecting === true) {
      socket.once('secureConnect', () => clearTimeout(connecting));
    } else {
      clearTimeout(connecting);
    }
  });
  request.once('response', () => clearTimeout(waiting));
  request.once('close', () => {
    clearTimeout(connecting);
    clearTimeout(waiting);
  });
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}
