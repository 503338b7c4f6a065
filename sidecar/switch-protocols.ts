// One request to the API server that asks to switch protocols, over a connection of its own. Whatever it answers but a switch to
// what was offered is an ordinary answer, and the connection ends with it (CVE-2018-1002105).
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { StreamRequest } from '../policy/stream-rule.ts';
import type { Presented } from './credential.ts';
import { headersToServer } from './forward-headers.ts';
import type { Head } from './head.ts';
import { type Offer, offerHeaders, readChoice } from './offer.ts';
import type { Upstream } from './upstream.ts';
import { boundWaits } from './upstream-request.ts';

export interface Switched {
  readonly kind: 'switched';
  /** Paused, with all that has come after the answer's head. */
  readonly socket: Socket;
  readonly protocol: string;
}

/** It was not switched: this is what is said instead. */
export interface Answered {
  readonly kind: 'answered';
  readonly answer: IncomingMessage;
}

export interface Switching {
  readonly permit: Permit;
  readonly request: StreamRequest;
  readonly head: Head;
  readonly offer: Offer;
  readonly presented: Presented;
  readonly auditId: string;
  /** Breaks it off, until it is answered. */
  readonly signal: AbortSignal;
}

export function switchProtocols(
  upstream: Upstream,
  switching: Switching,
): Promise<Switched | Answered | Refusal> {
  const { permit, request, offer, presented, signal } = switching;
  return new Promise((resolve) => {
    const asking = httpsRequest({
      ...upstream.ownOptions(presented),
      setHost: false,
      method: request.method,
      path: upstream.pathOf(permit.target),
      headers: headersOf(upstream, switching),
    });
    boundWaits(asking, HEAD_TIMEOUT_MS);
    breakOffAt(signal, asking);
    asking.once('response', (answer) => resolve({ kind: 'answered', answer }));
    asking.once('upgrade', (answer, socket: Socket, early) => {
      const choice = readChoice(answer, offer, request);
      if (choice.kind === 'refusal') {
        socket.on('error', () => {}).destroy();
        return resolve(choice);
      }
      socket.unshift(early);
      return resolve({ kind: 'switched', socket, protocol: choice.protocol });
    });
    asking.on('error', (error: NodeJS.ErrnoException) => {
      const why = error.code ?? 'the connection failed';
      resolve(refuse('UpstreamUnavailable', { request, why }));
    });
    asking.end();
  });
}

/** Until its end, which a switch of protocols is; Node's own `signal` would hold on to it for as long as the stream goes on. */
function breakOffAt(signal: AbortSignal, asking: ClientRequest): void {
  const stop = (): void => void asking.destroy();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  asking.once('close', () => signal.removeEventListener('abort', stop));
}

/**
 * The API server answers when the node has: it dials that for at most 30 s, after admission webhooks of as much. It waits for no
 * container, as a log does.
 */
const HEAD_TIMEOUT_MS = 90_000;

/** A Status comes in JSON where nothing else is asked for. */
function headersOf(
  { host }: Upstream,
  { request, head, offer, presented, auditId }: Switching,
): Record<string, string> {
  const bodyBytes = request.method === 'POST' ? 0 : undefined;
  const ours = { host, accept: undefined, compressed: false, auditId, presented, bodyBytes };
  return { ...headersToServer(head, ours), ...offerHeaders(offer) };
}
