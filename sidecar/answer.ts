// Says no, or anything else that is ours to say, as the API server would: a Kubernetes Status in JSON.
import { type Refusal, toStatus } from '../policy/refusal.ts';
import type { AgentResponse } from './listener.ts';

/**
 * Answers a call with a refusal; a response whose head is already out is broken off instead, so that half an answer is
 * never taken for a whole one.
 */
export function answer(res: AgentResponse, refusal: Refusal, auditId: string): void {
  if (res.headersSent) {
    breakOff(res);
    return;
  }
  const body = Buffer.from(`${JSON.stringify(toStatus(refusal))}\n`);
  res.statusCode = refusal.httpStatus;
  res.setHeader('content-type', 'application/json');
  res.setHeader('content-length', body.length);
  res.setHeader('cache-control', 'no-cache, private');
  res.setHeader('audit-id', auditId);
  if (refusal.httpStatus === 401) res.setHeader('www-authenticate', 'Bearer realm="chaperone"');
  if (!('stream' in res)) {
    // What follows an upgrade or an unread body on this connection must not be read as the next request.
    res.setHeader('connection', 'close');
  }
  res.end(body);
}

/** Ends a response so that the client sees it was cut short. */
export function breakOff(res: AgentResponse): void {
  if ('stream' in res) res.stream.destroy();
  else res.destroy();
}
