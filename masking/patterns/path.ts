// Where a text stands in an object: the names of the fields from the root down, of a list's items the name that each has, so
// that what is put before one does not move it. Also which fields tell what an object is, in which nothing is hidden.
import { isObject } from '../shape.ts';

/** One step down: a field's name, or which item of which list. */
export type Step = string | { readonly list: readonly unknown[]; readonly index: number };

/** An item's place in a list. */
type Item = readonly [name: string] | readonly [index: number];

/** As it is written into a sentinel's key: JSON of names, and of items in brackets. */
export function printPath(path: readonly Step[]): string {
  return JSON.stringify(
    path.map((step) => (typeof step === 'string' ? step : itemOf(step.list, step.index))),
  );
}

/** By its `name` where no other item of the list has that, else by its index. */
function itemOf(list: readonly unknown[], index: number): Item {
  const name = nameOf(list[index]);
  return name === undefined || timesIn(list).get(name) !== 1 ? [index] : [name];
}

/** How often each name stands in a list, counted once for it. */
function timesIn(list: readonly unknown[]): ReadonlyMap<string, number> {
  const known = COUNTED.get(list);
  if (known !== undefined) return known;
  const times = new Map<string, number>();
  for (const item of list) {
    const name = nameOf(item);
    if (name !== undefined) times.set(name, (times.get(name) ?? 0) + 1);
  }
  COUNTED.set(list, times);
  return times;
}

/** Of what is read, which never changes. */
const COUNTED = new WeakMap<readonly unknown[], ReadonlyMap<string, number>>();

const nameOf = (item: unknown): string | undefined =>
  isObject(item) && typeof item.name === 'string' ? item.name : undefined;

/** As a person reads it, of a body that they wrote: `spec.containers[0].env[1].value`. */
export function sayPath(path: readonly Step[]): string {
  return path
    .map((step, at) => (typeof step === 'string' ? `${at === 0 ? '' : '.'}${step}` : `[${step.index}]`))
    .join('');
}

/** ObjectMeta and ListMeta: by these an object is known again, pages are turned and writes are ordered. */
const OF_METADATA: ReadonlySet<string> = new Set([
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'selfLink',
  'ownerReferences',
  'continue',
]);

/** Whether the field of the object at whose root `path` begins tells what it is. */
export function isIdentity(path: readonly Step[]): boolean {
  const [first, second] = path;
  if (path.length === 1) return first === 'apiVersion' || first === 'kind';
  return path.length === 2 && first === 'metadata' && typeof second === 'string' && OF_METADATA.has(second);
}

/** What a text is the value of, where a field's name says so: that name, or of a variable (`name`, `value`) its own. */
export function contextOf(path: readonly Step[], parents: readonly unknown[]): string | undefined {
  const field = path.at(-1);
  if (typeof field !== 'string') return undefined;
  return (field === 'value' ? nameOf(parents.at(-1)) : undefined) ?? field;
}
