// Whether two values are the same JSON; the order of fields says nothing.
import { isObject } from '../shape.ts';

export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  );
}
