// Whether two readings of a release's JSON say the same. Helm prints what it read anew: fields of its own that are empty come
// and go with its version; what a chart or a person gave (values) is compared exactly.
import { isKeptNumber } from '../json.ts';
import { isObject } from '../shape.ts';

/** A path like `chart.values.db`; undefined: they say the same. What is nested deeper than any release is different. */
export const firstDifference = (a: unknown, b: unknown): string | undefined =>
  differenceAt(a, b, '', 0, false);

/** Deeper than what is shown (leaves.ts). */
const MAX_DEPTH = 200;

function differenceAt(
  a: unknown,
  b: unknown,
  path: string,
  depth: number,
  isExact: boolean,
): string | undefined {
  if (depth > MAX_DEPTH) return path;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return path;
    return firstOf(a.keys(), (index) =>
      differenceAt(a[index], b[index], `${path}[${index}]`, depth + 1, isExact),
    );
  }
  if (isMap(a) && isMap(b)) {
    return firstOf(new Set([...Object.keys(a), ...Object.keys(b)]), (key) => {
      const at = path === '' ? key : `${path}.${key}`;
      const [its, other] = [own(a, key), own(b, key)];
      if (its === undefined || other === undefined)
        return !isExact && isEmpty(its === undefined ? other : its) ? undefined : at;
      return differenceAt(its, other, at, depth + 1, isExact || GIVEN.has(at));
    });
  }
  if (isScalarSame(a, b) || (!isExact && isEmpty(a) && isEmpty(b))) return undefined;
  return path;
}

const GIVEN: ReadonlySet<string> = new Set(['config', 'chart.values']);

function firstOf<T>(all: Iterable<T>, difference: (it: T) => string | undefined): string | undefined {
  for (const it of all) {
    const found = difference(it);
    if (found !== undefined) return found;
  }
  return undefined;
}

const own = (map: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(map, key) ? map[key] : undefined;

const isMap = (it: unknown): it is Readonly<Record<string, unknown>> => isObject(it) && !isKeptNumber(it);
const numberOf = (it: unknown): unknown => (isKeptNumber(it) ? Number(it.rawJSON) : it);
const isScalarSame = (a: unknown, b: unknown): boolean => Object.is(numberOf(a), numberOf(b));

/** What Go leaves out, or prints where nothing stood. */
const EMPTY: ReadonlySet<unknown> = new Set([null, '', 0, false, '0001-01-01T00:00:00Z']);
const isEmpty = (it: unknown): boolean =>
  EMPTY.has(it) || (typeof it === 'object' && it !== null && Object.keys(it).length === 0);
