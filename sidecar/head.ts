// What a request's head says, read once and strictly from the raw headers (Node joins duplicates; the raw list keeps
// them). Whatever could be read in two ways, or speaks for another identity, is refused here.
import type { Asked } from '../policy/describe.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';

/** What Node's HTTP/1 and HTTP/2 requests have in common, as far as the head goes. */
export interface IncomingHead {
  readonly method?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly httpVersionMajor: number;
}

/** The head of a call that may go on: each deciding header at most once, none that would speak for someone else. */
export interface Head {
  readonly kind: 'head';
  readonly method: string;
  readonly headers: ReadonlyMap<string, string>;
  /** The bearer token, or undefined where none was presented. */
  readonly token: string | undefined;
  /** The protocol named by `Upgrade`, or undefined. */
  readonly upgrade: string | undefined;
}

/** Headers that take part in a decision or in framing: twice is a refusal, never a choice between them. */
const ONCE = new Set([
  'accept',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'if-none-match',
  'kubectl-session',
  'sec-websocket-key',
  'sec-websocket-version',
  'traceparent',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/** Lists that clients also send as one header an item (client-go transport/spdy): together they are one list. */
const LISTED = new Set(['sec-websocket-protocol', 'x-stream-protocol-version']);

/** A long User-Agent, a 9 kB URL and a token fit many times over. */
export const MAX_HEAD_BYTES = 64 * 1024;

/** `Connection` may name these and nothing else: a header named there would be dropped on the way (CVE-2021-31999). */
const CONNECTION_OPTIONS = new Set(['keep-alive', 'close', 'upgrade', 'te']);

const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);
const OTHER_IDENTITY = [/^impersonate-/, /^x-remote-/];
const WEBSOCKET_CREDENTIAL = 'base64url.bearer.authorization.k8s.io';

/**
 * Reads a request's head.
 *
 * Refused, each time naming `request`, with MalformedRequest: HTTP/0.9 or 2.0 in a request line, a head beyond the bound, a
 * duplicate of a deciding header, a `Connection` option that is not hop-by-hop, an `Authorization` that is not one non-empty
 * bearer token, a credential in `Sec-WebSocket-Protocol`, an encoded request body, and a body on GET, HEAD or OPTIONS (a
 * proxy that forwards its length but not its bytes lets the next request be smuggled) or beside an `Upgrade` (what follows is
 * of another protocol). Then with OtherIdentity: `Impersonate-*` and `X-Remote-*`.
 */
export function readHead(req: IncomingHead, request: Asked): Head | Refusal {
  const malformed = (why: string): Refusal => refuse('MalformedRequest', { request, why });
  const method = req.method ?? '';
  const headers = new Map<string, string>();
  // llhttp takes HTTP/0.9 and HTTP/2.0 in a request line as well, and goes on as if it were HTTP/1.
  if (!('stream' in req) && req.httpVersionMajor !== 1) return malformed('its request line is not of HTTP/1');
  // HTTP/1's parser has this bound too; HTTP/2's takes it up only after the first requests of a connection.
  const bytes = req.rawHeaders.reduce((sum, text) => sum + text.length, 0);
  if (bytes > MAX_HEAD_BYTES) return malformed(`its headers are larger than ${MAX_HEAD_BYTES} bytes`);
  for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
    const name = String(req.rawHeaders[i]).toLowerCase();
    const value = String(req.rawHeaders[i + 1]);
    if (headers.has(name) && ONCE.has(name)) return malformed(`its header ${name} stands there twice`);
    const former = LISTED.has(name) ? headers.get(name) : undefined;
    headers.set(name, former === undefined ? value : `${former}, ${value}`);
  }
  const why = wrongWith(method, headers);
  if (why !== undefined) return malformed(why);
  const token = bearer(headers.get('authorization'));
  if (token === null) return malformed('its Authorization is not one non-empty bearer token');
  const header = [...headers.keys()].find((name) => OTHER_IDENTITY.some((pattern) => pattern.test(name)));
  if (header !== undefined) return refuse('OtherIdentity', { request, header });
  return { kind: 'head', method, headers, token, upgrade: headers.get('upgrade')?.toLowerCase() };
}

function wrongWith(method: string, headers: ReadonlyMap<string, string>): string | undefined {
  for (const option of list(headers.get('connection'))) {
    if (!CONNECTION_OPTIONS.has(option)) return 'its Connection names a header that is not hop-by-hop';
  }
  if (list(headers.get('sec-websocket-protocol')).some((p) => p.startsWith(WEBSOCKET_CREDENTIAL))) {
    return 'its Sec-WebSocket-Protocol carries a credential';
  }
  const hasBody = headers.has('transfer-encoding') || !/^0*$/.test(headers.get('content-length') ?? '');
  if (hasBody && BODILESS.has(method)) return `it has a body, which a ${method} has not`;
  if (hasBody && headers.has('upgrade')) return 'it has a body, which an upgrade has not';
  const encoding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  const transfer = headers.get('transfer-encoding')?.toLowerCase() ?? 'chunked';
  if (encoding !== 'identity' || transfer !== 'chunked') return 'its body is encoded';
  return undefined;
}

function list(value: string | undefined): string[] {
  return itemsOf(value).map((item) => item.toLowerCase());
}

/** The items of a header that is a list, as they stand there. */
export function itemsOf(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(',').map((item) => item.trim());
}

/**
 * The token of `Authorization: Bearer …`; undefined without the header, null where it is anything else (RFC 6750). One
 * space: after two the API server sees no token and takes the caller for anonymous.
 */
function bearer(value: string | undefined): string | undefined | null {
  if (value === undefined) return undefined;
  return /^bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(value)?.[1] ?? null;
}
