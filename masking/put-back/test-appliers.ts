// For the tests of this folder: what the API server would store of a write. Only as much of each form as the tests write.
import { isJsonObject } from '../../policy/written/json.ts';
import { base64 } from '../test-bodies.ts';
import type { Write } from './put-back.ts';

type Json = Record<string, unknown>;

/** The Secret that is stored; undefined: the write is refused. */
export function stored(live: unknown, form: Write['form'], value: unknown): unknown {
  try {
    return settled(applied(live, form, value) as Json, live as Json);
  } catch {
    return undefined;
  }
}

function applied(live: unknown, form: Write['form'], value: unknown): unknown {
  if (form === 'object') return value;
  if (form === 'operations') return operated(live, value as readonly Json[]);
  return merged(live, value, form !== 'apply');
}

/** As pkg/apis/core/v1/conversion.go does it, and the check of the version in store.Update. */
function settled({ stringData, ...secret }: Json, live: Json): unknown {
  const { metadata } = secret as { metadata: Json };
  for (const texts of [metadata.annotations, secret.data, stringData])
    if (Object.values(texts ?? {}).some((it) => typeof it !== 'string')) throw new Error('400');
  if (metadata.resourceVersion !== (live.metadata as Json).resourceVersion) throw new Error('409');
  const { uid } = live.metadata as Json;
  if (!isJsonObject(stringData)) return { ...secret, metadata: { ...metadata, uid } };
  const data = Object.entries(stringData).map(([key, text]) => [key, base64(String(text ?? ''))]);
  return {
    ...secret,
    metadata: { ...metadata, uid },
    data: Object.fromEntries([...Object.entries((secret.data as Json) ?? {}), ...data]),
  };
}

/** RFC 7386, and a strategic merge patch of a Secret but for its directives. */
function merged(target: unknown, patch: unknown, nullRemoves: boolean): unknown {
  if (!isJsonObject(patch)) return patch;
  const map = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null && nullRemoves) map.delete(key);
    else map.set(key, merged(map.get(key), value, nullRemoves));
  }
  return Object.fromEntries(map);
}

/** RFC 6902, of objects alone. */
function operated(live: unknown, operations: readonly Json[]): unknown {
  const root = { doc: structuredClone(live) } as Json;
  const keysOf = (pointer: unknown) =>
    ['doc', ...String(pointer).split('/').slice(1)].map((it) =>
      it.replaceAll('~1', '/').replaceAll('~0', '~'),
    );
  const parentOf = (keys: readonly string[]) =>
    keys.slice(0, -1).reduce<Json>((at, key) => {
      if (!isJsonObject(at[key])) throw new Error('missing path');
      return at[key] as Json;
    }, root);
  const get = (pointer: unknown) => {
    const keys = keysOf(pointer);
    const [parent, key] = [parentOf(keys), keys.at(-1) ?? ''];
    if (!Object.hasOwn(parent, key)) throw new Error('missing key');
    return { parent, key, value: parent[key] };
  };
  const add = (pointer: unknown, value: unknown) => {
    const keys = keysOf(pointer);
    const it = { value: structuredClone(value), writable: true, enumerable: true, configurable: true };
    Object.defineProperty(parentOf(keys), keys.at(-1) ?? '', it);
  };
  for (const { op, path, from, value } of operations) {
    if (op !== 'add' && op !== 'copy' && op !== 'move') get(path);
    if (op === 'test' && canonical(get(path).value) !== canonical(value)) throw new Error('test failed');
    if (op === 'remove') Reflect.deleteProperty(get(path).parent, get(path).key);
    if (op === 'add' || op === 'replace') add(path, value);
    if (op !== 'copy' && op !== 'move') continue;
    const taken = get(from);
    if (op === 'move') Reflect.deleteProperty(taken.parent, taken.key);
    add(path, taken.value);
  }
  return root.doc;
}

/** JSON with its keys in order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
