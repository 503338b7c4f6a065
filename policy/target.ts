// A request target as it came off the wire, read once into path segments and query pairs, or the reason it is refused.
// Nothing is resolved or repaired: what Go's net/url, the API server's router and this file could read differently is refused.

/** Longer than any target that Kubernetes clients send (9 kB seen), and as much as Node by default allows a whole head. */
export const MAX_TARGET_BYTES = 16 * 1024;

/** A query parameter, decoded. Order is kept; a bare `?watch` has the empty value, as in Go. */
export type QueryPair = readonly [name: string, value: string];

export interface Target {
  readonly kind: 'target';
  /** Decoded; none is empty, `.` or `..`, none holds a slash, `\`, `%`, `;` or an unprintable character. `[]` is `/`. */
  readonly segments: readonly string[];
  /** Whether a slash follows the last segment: of a resource it says nothing, elsewhere it is another path. */
  readonly slash: boolean;
  readonly query: readonly QueryPair[];
}

export interface Malformed {
  readonly kind: 'malformed';
  readonly why: string;
}

export const malformed = (why: string): Malformed => ({ kind: 'malformed', why });

/** PodExecOptions.command and PodPortForwardOptions.ports: the only parameters that the API server reads as lists. */
const REPEATABLE = new Set(['command', 'ports']);

/** An argv is free text: `sh -c` takes a script of many lines. */
const FREE_TEXT = 'command';

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const NEVER_RAW = /[\\;#]/;
const FORBIDDEN_IN_SEGMENT = /[\p{C}\p{Zl}\p{Zp}\\/%;]/u;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Reads a raw HTTP request target in origin form (RFC 9112, section 3.2.1). */
export function readTarget(raw: string): Target | Malformed {
  if (raw.length > MAX_TARGET_BYTES) return malformed(`it is longer than ${MAX_TARGET_BYTES} bytes`);
  if (!raw.startsWith('/')) return malformed('it does not begin with a slash');
  if (!VISIBLE_ASCII.test(raw))
    return malformed('it holds a space, a control character or a byte beyond ASCII');
  if (NEVER_RAW.test(raw)) return malformed('it holds a backslash, a semicolon or a fragment');
  const mark = raw.indexOf('?');
  const path = mark === -1 ? raw : raw.slice(0, mark);
  const segments = readPath(path);
  if (!Array.isArray(segments)) return segments;
  const query = mark === -1 ? [] : readQuery(raw.slice(mark + 1));
  if (!Array.isArray(query)) return query;
  return { kind: 'target', segments, slash: segments.length > 0 && path.endsWith('/'), query };
}

function readPath(path: string): string[] | Malformed {
  if (path === '/') return [];
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  const segments = path.slice(1, end).split('/');
  for (const [at, raw] of segments.entries()) {
    const segment = raw.includes('%') ? decode(raw) : raw;
    if (segment === undefined)
      return malformed('its path has a percent sign that does not begin a UTF-8 character');
    if (segment === '') return malformed('its path has an empty segment');
    if (segment === '.' || segment === '..') return malformed('its path has a dot segment');
    if (segment !== raw && FORBIDDEN_IN_SEGMENT.test(segment))
      return malformed('its path hides a slash, backslash, percent sign, semicolon or unprintable character');
    segments[at] = segment;
  }
  return segments;
}

function readQuery(raw: string): QueryPair[] | Malformed {
  const pairs: QueryPair[] = [];
  const seen = new Set<string>();
  for (const piece of raw.split('&')) {
    if (piece === '') continue;
    const cut = piece.indexOf('=');
    const name = decodeForm(cut === -1 ? piece : piece.slice(0, cut));
    const value = cut === -1 ? '' : decodeForm(piece.slice(cut + 1));
    if (name === undefined || value === undefined)
      return malformed('its query has a percent sign that does not begin a UTF-8 character');
    if (name === '') return malformed('its query has a parameter without a name');
    if (UNPRINTABLE.test(name) || (name !== FREE_TEXT && UNPRINTABLE.test(value)))
      return malformed('its query hides an unprintable character');
    if (seen.has(name) && !REPEATABLE.has(name)) return malformed(`its query has ${quote(name)} twice`);
    seen.add(name);
    pairs.push([name, value]);
  }
  return pairs;
}

function decodeForm(raw: string): string | undefined {
  const spaced = raw.includes('+') ? raw.replaceAll('+', ' ') : raw;
  return spaced.includes('%') ? decode(spaced) : spaced;
}

/** One decoding; undefined for a bad pair and for anything that is not well-formed UTF-8. */
function decode(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

const quote = (name: string) => JSON.stringify(name.slice(0, 64));
