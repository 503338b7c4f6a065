// Answers that cannot be read on their way, by what their heads say, and what the agent is told in their place.
import type { IncomingMessage } from 'node:http';
import type { ApiRequest } from '../policy/api-request.ts';
import { quoted } from '../policy/quoting.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { isStream } from '../policy/stream-rule.ts';

/** Longer than any that an API server asks for; clients obey it unseen, and ask again after it. */
const MAX_RETRY_AFTER_S = 60;

/**
 * What a body that cannot be read is answered with. In plain text the API server says that it serves no such thing (apiserver
 * pkg/server/mux, go-restful), and priority and fairness says no, and when to come again.
 */
export function hidden({ statusCode, headers }: IncomingMessage, request: ApiRequest, why: string): Refusal {
  if (statusCode === 404) return refuse('NotServed', { request });
  if (statusCode === 405) return refuse('VerbNotServed', { request });
  if (statusCode !== 429) return refuse('UnreadableResponse', { request, why });
  return upstreamBusy(request, headers['retry-after']);
}

/** Priority and fairness asks to wait: `retryAfter` is its header. */
export function upstreamBusy(request: ApiRequest, retryAfter: string | undefined): Refusal {
  const asked = Number(retryAfter);
  const retryAfterSeconds = asked >= 1 ? Math.min(Math.ceil(asked), MAX_RETRY_AFTER_S) : 1;
  return refuse('UpstreamBusy', { request, retryAfterSeconds });
}

/** An error in plain text is the front's, and says nothing of the log; why there is no stream, the kubelet says in text. */
export const isText = (answer: IncomingMessage, request: ApiRequest) =>
  (answer.statusCode === 200 || isStream(request)) && typeOf(answer) === 'text/plain';

const typeOf = ({ headers }: IncomingMessage) =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();

/** Why an answer of which this type is wanted cannot be read; undefined: it can be. */
export function unreadable(answer: IncomingMessage, wanted: string): string | undefined {
  const type = typeOf(answer);
  if (type !== wanted) return `it came as ${quoted(type ?? '', 64)} where JSON was asked for`;
  const encoding = answer.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return `it came encoded as ${quoted(encoding, 64)}`;
  return undefined;
}
