// Whether a server-side apply without force can conflict at a value of a Secret: only where another manager owns it
// (structured-merge-diff merge/update.go). Where none does it is written like any value, and the answer tells nothing.
import { isObject } from '../shape.ts';

/**
 * Whether no manager but `manager`, applying, owns a key, in data or stringData; `managedFields` are the live ones. Who owns
 * it depends on no hidden value that somebody else wrote: ownership moves with a write.
 */
export function soleOwner(
  managedFields: readonly unknown[],
  manager: string | undefined,
): (key: string) => boolean {
  // Without any entry the API server takes all that stands there for another's ("before-first-apply").
  if (manager === undefined || managedFields.length === 0) return () => false;
  const others = new Set<string>();
  for (const entry of managedFields) {
    if (isOwn(entry, manager)) continue;
    const owned = ownedBy(entry);
    if (owned === undefined) return () => false;
    for (const field of owned) others.add(field);
  }
  return (key) => !others.has(`f:${key}`);
}

function isOwn(entry: unknown, manager: string): boolean {
  return (
    isObject(entry) &&
    entry.manager === manager &&
    entry.operation === 'Apply' &&
    (entry.subresource ?? '') === ''
  );
}

/** Undefined: it is not certain which. */
function ownedBy(entry: unknown): readonly string[] | undefined {
  if (!isObject(entry) || !isObject(entry.fieldsV1)) return undefined;
  const { 'f:data': data = {}, 'f:stringData': stringData = {} } = entry.fieldsV1;
  return isObject(data) && isObject(stringData)
    ? [...Object.keys(data), ...Object.keys(stringData)]
    : undefined;
}
