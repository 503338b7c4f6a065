// Why chaperone refuses what the API server accepts: every reason that a run may meet, and why it stays. A refusal for a
// reason that is not here fails the run. docs/requests-refused.md is printed from this table.
import { METHODS } from 'node:http';
import type { RawRequest } from './requests.ts';

const TWO_READERS = 'Proxies, routers and Go each have their own idea of it; no client sends it.';
const HANDLER =
  'The API server answers 400 as well, once RBAC has let the call through; RequestInfo has dropped the name by then.';
const GRAMMAR = "HTTP does not allow it, and Node's parser is kept strict; Go's is lenient.";
const SMUGGLING = 'Two proxies that differ here see different requests on one connection.';

/** By the reason as door.ts and httpReason name it: why it stays. */
export const REASONS: Readonly<Record<string, string>> = {
  UnknownCaller:
    "A request without a token of ours is nobody's: no token, no service, also where anonymous would be let in.",
  UnsupportedMethod: 'RequestInfo gives such a method no verb, and no rule can name one.',
  UpgradeRefused:
    'The API server also streams a watch or a log over WebSocket, where it would cross unmasked.',

  'OtherIdentity: its header impersonate-* speaks for another identity':
    'An agent speaks for itself alone; also where the header is empty and does nothing.',
  'OtherIdentity: its header x-remote-user speaks for another identity':
    'Only a front proxy may send it; the API server ignores it from others, a wrongly configured one would not.',

  'MalformedRequest: its Authorization is not one non-empty bearer token':
    'The API server goes on as anonymous, or takes the first word and drops the rest.',
  'MalformedRequest: its Connection names a header that is not hop-by-hop':
    'A header named there vanishes at the next proxy (CVE-2021-31999).',
  'MalformedRequest: its Sec-WebSocket-Protocol carries a credential':
    'A second credential beside the first, in a header that proxies copy.',
  'MalformedRequest: its body is encoded':
    'A body is read before it goes on; none of the clients compresses one.',
  'MalformedRequest: it has a body, which its method has not':
    'A proxy that sends its length but not its bytes lets the next request be smuggled.',
  'MalformedRequest: one of its headers stands there twice':
    'Go takes the first, Node joins them or takes the last: none may be chosen.',

  'MalformedTarget: its path has a dot segment':
    'RequestInfo takes dots for a name, others resolve them (CVE-2022-3162).',
  'MalformedTarget: its path has an empty segment':
    'Between `namespaces` and a resource it means all namespaces to RequestInfo, to others nothing.',
  'MalformedTarget: its path hides a slash, backslash, percent sign, semicolon or unprintable character':
    'Decoded once more, or not at all, it is another path (CVE-2021-29492).',
  'MalformedTarget: its path has a percent sign that does not begin a UTF-8 character':
    'Go passes any bytes on; they could not be printed in a record or compared with a rule.',
  'MalformedTarget: a path under watch takes only GET':
    'RequestInfo calls it a watch whatever the method; the API server serves no other there.',
  'MalformedTarget: it holds a backslash, a semicolon or a fragment': TWO_READERS,
  'MalformedTarget: it holds a space, a control character or a byte beyond ASCII': TWO_READERS,
  'MalformedTarget: it does not begin with a slash':
    'The absolute form names a second host, an asterisk no path; proxies rewrite both.',
  'MalformedTarget: it is longer than 16384 bytes': 'A bound; the longest target of a client is 9 kB.',
  'MalformedTarget: printed again it is longer than 16384 bytes': 'The same bound, of what would go on.',

  'MalformedTarget: its query has a parameter twice':
    'Go takes the first; only `command` and `ports` are lists to the API server.',
  'MalformedTarget: its query has a parameter without a name':
    'It says nothing to the API server, and something to others.',
  'MalformedTarget: its query has a percent sign that does not begin a UTF-8 character':
    'Go drops the whole parameter, so that a `watch` or a `fieldSelector` is there for one reader and not for another.',
  'MalformedTarget: its query hides an unprintable character':
    'No value of an option has one; in a record it would move the terminal.',
  'MalformedTarget: its watch is neither true nor false':
    'Go folds letters beyond ASCII into `false`; others take it for true.',
  'MalformedTarget: its fieldSelector requires two names of one object':
    'Nothing can match; RequestInfo names whichever sorts first.',
  'MalformedTarget: its fieldSelector cannot be read': HANDLER,
  'MalformedTarget: its labelSelector cannot be read': HANDLER,
  'MalformedTarget: its limit is not a whole number': HANDLER,
  'MalformedTarget: its timeoutSeconds is not a whole number': HANDLER,

  'MalformedTarget: its query has a parameter, which a stream does not take':
    'The API server passes over what it does not know; a rule on what a stream reaches must have read it all.',
  'MalformedTarget: one of its stderr, stdin, stdout, tty is neither true nor false':
    'Go folds letters beyond ASCII into `false`; others take it for true.',
  'MalformedTarget: one of its ports is no whole number from 1 to 65535':
    'Behind RBAC the API server refuses it, or the kubelet; `080` and `0` it would pass on.',
  'MalformedTarget: its command holds a zero byte, which ends a word to some':
    'A rule would compare more than is run.',

  'HTTP: a method that HTTP does not know': GRAMMAR,
  'HTTP: bytes that no target has': GRAMMAR,
  'HTTP: a head beyond 64 KiB': 'A bound; the API server takes a mebibyte.',
  'HTTP: a folded header': GRAMMAR,
  'HTTP: a bare line feed': GRAMMAR,
  'HTTP: a line that begins with a space': GRAMMAR,
  'HTTP: the version HTTP/1.2': GRAMMAR,
  'HTTP: Expect of something else': 'Over HTTP/2 Go does not look at it; over HTTP/1 both answer 417.',
  'HTTP: a length and chunks': SMUGGLING,
  'HTTP: chunks and a length': SMUGGLING,
  'HTTP: two lengths': SMUGGLING,
  'HTTP: a length that differs from its bytes': SMUGGLING,
  'HTTP: no authority':
    'HTTP/2 lets a client leave it out where it has none; clients of an https URL have one.',
};

/** What HTTP itself refuses at our door has no words of ours: it is told by what is odd about the bytes. */
export function httpReason({ trick, method, target }: RawRequest): string {
  const byTrick = `HTTP: ${trick}`;
  if (Object.hasOwn(REASONS, byTrick)) return byTrick;
  if (!METHODS.includes(method)) return 'HTTP: a method that HTTP does not know';
  if (!/^\/[\x21-\x7e]*$/.test(target)) return 'HTTP: bytes that no target has';
  return byTrick;
}
