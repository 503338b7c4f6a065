// One request to the API server on its way: every wait of it bounded, and a switch of protocols kept from whoever listens.
import type { ClientRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { CONNECT_TIMEOUT_MS } from './upstream.ts';

/** An API server answers within its own 60 s request timeout; a log that waits for its container takes longer. */
const HEAD_TIMEOUT_MS = 300_000;

/**
 * Sends a request with exactly these headers and this body. `onUpgrade` is told of a 101; the request then fails.
 * Fails with ETIMEDOUT where the connection or the answer's head does not come in time.
 */
export function sendUpstream(
  options: RequestOptions,
  body: Buffer | undefined,
  onUpgrade: () => void,
): ClientRequest {
  const request = httpsRequest({ ...options, setHost: false });
  refuseUpgrade(request, onUpgrade);
  boundWaits(request, HEAD_TIMEOUT_MS);
  request.end(body);
  return request;
}

/** http2-proxy would write an upstream 101 into the agent's response: it never gets to see one. */
function refuseUpgrade(request: ClientRequest, refused: () => void): void {
  const on = request.on.bind(request);
  request.on = (event: string, listener: (...args: never[]) => void) =>
    event === 'upgrade' ? request : on(event, listener as (...args: unknown[]) => void);
  on('upgrade', (_answer, socket) => {
    refused();
    socket.destroy();
    // After an upgrade a request has no end of its own any more: it is the library that must be told.
    request.emit('error', new Error('unexpected 101'));
  });
}

/** Bounds the wait for a connection, and for the head of the answer; past it, the request fails with ETIMEDOUT. */
export function boundWaits(request: ClientRequest, headTimeoutMs: number): void {
  const connecting = setTimeout(() => request.destroy(coded('ETIMEDOUT')), CONNECT_TIMEOUT_MS);
  const waiting = setTimeout(() => request.destroy(coded('ETIMEDOUT')), headTimeoutMs);
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

/** How a kept-alive connection fails that the server was closing while we took it up again. */
const STALE_CONNECTION = new Set<string | undefined>(['ECONNRESET', 'EPIPE']);

/** It failed on a connection that had served before, so that the API server may never have seen it. */
export function isStaleConnection({ reusedSocket }: { reusedSocket?: boolean }, error: Error): boolean {
  return reusedSocket === true && STALE_CONNECTION.has((error as { code?: string }).code);
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}
