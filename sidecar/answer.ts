// Says no, or anything else that is ours to say, as the API server would: a Kubernetes Status in JSON.
import type { ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import type { Asked } from '../policy/describe.ts';
import { builtIn } from '../policy/discovery.ts';
import type { Refusal } from '../policy/refusal.ts';
import { toStatus } from '../policy/status.ts';
import type { Call } from './call.ts';
import type { AgentResponse } from './listener.ts';

/**
 * Answers a call with a refusal; a response whose head is already out is broken off instead, so that half an answer is
 * never taken for a whole one.
 */
export function answer(
  res: AgentResponse,
  refusal: Refusal,
  { id, asked }: Pick<Call, 'id' | 'asked'>,
): void {
  if (res.headersSent) {
    breakOff(res);
    return;
  }
  const { httpStatus, message, retryAfterSeconds } = refusal;
  const body = Buffer.from(`${JSON.stringify(toStatus(refusal))}\n`);
  forgetHead(res);
  res.statusCode = httpStatus;
  res.setHeader('content-type', 'application/json');
  res.setHeader('content-length', body.length);
  res.setHeader('cache-control', 'no-cache, private');
  res.setHeader('audit-id', id);
  if (httpStatus === 401) res.setHeader('www-authenticate', 'Bearer realm="chaperone"');
  // client-go waits and sends again up to ten times without a word: right while there is no room, and for nothing else.
  if (httpStatus === 429) res.setHeader('retry-after', retryAfterSeconds ?? 1);
  if (isDiscovery(asked)) res.setHeader('warning', warningHeader(message));
  if (!('stream' in res) && endsConnection(res, refusal)) res.setHeader('connection', 'close');
  res.end(body);
}

/** Takes back what was set for an answer that then broke off before its head was sent: its encoding, say, is not that of the next. */
export function forgetHead(res: AgentResponse): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name);
}

/**
 * client-go throws away the Status with which discovery is refused and says "unknown reason"; a Warning it prints
 * (client-go rest/request.go, Result.Raw; apimachinery pkg/util/net/http.go, ParseWarningHeader).
 */
const isDiscovery = (asked: Asked) => asked.kind === 'nonResource' && builtIn(asked) === 'discovery';

/** A `Warning` header of ours, in ASCII. */
export function warningHeader(message: string): string {
  const text = message.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?');
  return `299 - "${text}"`;
}

/**
 * Whether nothing more is read from an HTTP/1 connection: after what no client of Kubernetes sends, after a refused upgrade,
 * and where the client waits to be told whether to send its body. Otherwise an unread body is drained, so that a client
 * that is still sending reads its answer instead of meeting a reset.
 */
function endsConnection({ req }: ServerResponse, { httpStatus }: Refusal): boolean {
  return (
    httpStatus === 400 ||
    httpStatus === 405 ||
    req.headers.upgrade !== undefined ||
    req.headers.expect !== undefined
  );
}

/** Ends a response so that the client sees it was cut short. */
export function breakOff(res: AgentResponse): void {
  // A stream that is destroyed without an error is reset without one, which clients take for its end.
  if ('stream' in res) res.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else res.destroy();
}
