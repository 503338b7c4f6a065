// The one print of a parsed target. What is forwarded is this print, never the bytes that came in.
// Reading the print again gives the same segments and the same pairs in the same order.
import type { QueryPair } from './target.ts';

/** Prints path segments and query pairs (decoded) as an origin-form request target; with a slash after the last segment or not. */
export function printTarget(
  segments: readonly string[],
  query: readonly QueryPair[],
  slash: boolean = false,
): string {
  const path = `/${segments.map(encodeSegment).join('/')}${slash ? '/' : ''}`;
  return path + printQuery(query);
}

/** With its question mark; empty where there are no pairs. */
export function printQuery(query: readonly QueryPair[]): string {
  if (query.length === 0) return '';
  return `?${query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
}

/** The colon stays as it is: names like `system:node` read the same in the API server's audit log. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%3A', ':');
}
