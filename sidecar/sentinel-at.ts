// Where in a body a sentinel stands, so that whoever is refused can find it.
import { holdsSentinel } from '../masking/sentinel.ts';

/** The place of the first, in any key or text, at any depth (the reader has bounded it): `data.password`; undefined: none. */
export function sentinelAt(value: unknown): string | undefined {
  return find(value, '');
}

function find(value: unknown, at: string): string | undefined {
  if (typeof value === 'string') return holdsSentinel(value) ? at : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const here = Array.isArray(value) ? `${at}[${key}]` : joined(at, key);
    const found = holdsSentinel(key) ? here : find(part, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

const joined = (at: string, key: string) =>
  /^[\w-]+$/.test(key) ? `${at && `${at}.`}${key}` : `${at}[${key}]`;
