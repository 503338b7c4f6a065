// Plain JSON of whatever shape, walked and compared within bounds: what is judged came from a client.

export type Fields = Readonly<Record<string, unknown>>;

/** Deeper than any object of the API server: there, what is typed ends before this. */
const MAX_DEPTH = 64;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, or none. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** The object below a field, or none. */
export const below = (value: unknown, field: string): Fields => fieldsOf(own(value, field));

/** The list below a field, or none. */
export function listBelow(value: unknown, field: string): readonly unknown[] {
  const found = own(value, field);
  return Array.isArray(found) ? found : [];
}

const own = (value: unknown, field: string): unknown =>
  isFields(value) && Object.hasOwn(value, field) ? value[field] : undefined;

/** Whether two values are the same JSON, whatever the order of their fields. What is too deep is not. */
export function isSame(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((each, at) => isSame(each, b[at], depth + 1));
  if (!isFields(a) || !isFields(b)) return false;
  const fields = Object.keys(a);
  return (
    fields.length === Object.keys(b).length &&
    fields.every((field) => Object.hasOwn(b, field) && isSame(a[field], b[field], depth + 1))
  );
}

/** A field of an object, or an entry of a list, anywhere below. */
export interface Visit {
  /** The nearest field's name; an entry has its list's. */
  readonly field: string;
  readonly path: string;
  readonly value: unknown;
}

/**
 * Visits every field below `value`; what a visitor answers `leave` to is not gone into. False: it is too deep, so that not
 * all of it was visited.
 */
export function visitAll(
  value: unknown,
  path: string,
  visit: (visit: Visit) => 'enter' | 'leave',
  depth = 0,
): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth > MAX_DEPTH) return false;
  const list = Array.isArray(value);
  return Object.entries(value).every(([key, child]) => {
    const at = list ? `${path}[${key}]` : `${path}.${key}`;
    if (!list && visit({ field: key, path: at, value: child }) === 'leave') return true;
    return visitAll(child, at, visit, depth + 1);
  });
}
