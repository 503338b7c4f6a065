// A write that takes effect at one version of the object, or not at all; and of a JSON Patch no operation does before that is
// known: the API server applies them all, and compares what they test, before it looks at the version.
import { isObject } from '../shape.ts';
import type { Write } from './put-back.ts';

const path = '/metadata/resourceVersion';

/** `value` as its form has it, at that resourceVersion and no other; operations end at the first that fails (RFC 6902, 5). */
export function pinnedTo(resourceVersion: string, form: Write['form'], value: unknown): unknown {
  // Added, it replaces what stands there.
  if (form === 'operations' && Array.isArray(value)) return [at('test'), ...value, at('add')];
  const { metadata, ...object } = value as Readonly<Record<string, unknown>>;
  return { ...object, metadata: { ...(isObject(metadata) && metadata), resourceVersion } };

  function at(op: string) {
    return { op, path, value: resourceVersion };
  }
}
