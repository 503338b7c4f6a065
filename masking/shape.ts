// The words in which a body's shape is written down. A shape is a table of what may be shown: whatever no table
// names makes the whole body unreadable, so a field that Kubernetes adds is refused before it can leak.

/** What may go out, and how many values were hidden in it. */
export interface Masked<T = unknown> {
  readonly kind: 'masked';
  readonly value: T;
  readonly count: number;
}

/** The body must not go out; `why` names fields and never their values. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly why: string;
}

/** Turns what was read into what may be shown. */
export type Show = (value: unknown) => Masked | Unreadable;

export const masked = <T>(value: T, count: number): Masked<T> => ({ kind: 'masked', value, count });
export const unreadable = (why: string): Unreadable => ({ kind: 'unreadable', why });

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Shows anything. Only for what cannot hold a value, such as labels. */
export const asIs: Show = (value) => masked(value, 0);

/** Leaves the field, or the item of a list, out. */
export const leftOut: Show = () => masked(undefined, 0);

export const text: Show = (value) =>
  typeof value === 'string' ? asIs(value) : unreadable('is not a string');
export const flag: Show = (value) =>
  typeof value === 'boolean' ? asIs(value) : unreadable('is not a boolean');
export const number: Show = (value) =>
  typeof value === 'number' ? asIs(value) : unreadable('is not a number');

export function exactly(...allowed: readonly string[]): Show {
  return (value) =>
    allowed.some((it) => it === value) ? asIs(value) : unreadable(`is not ${allowed.join(' or ')}`);
}

/** Go prints an empty map or list as null in places. */
export function orNull(show: Show): Show {
  return (value) => (value === null ? asIs(value) : show(value));
}

/** An object whose field `key` is shown by `showOf(key)`. */
export function entries(showOf: (key: string) => Show): Show {
  return (value) => {
    if (!isObject(value)) return unreadable('is not an object');
    const shown: Record<string, unknown> = {};
    let count = 0;
    for (const key of Object.keys(value)) {
      const outcome = showOf(key)(value[key]);
      if (outcome.kind === 'unreadable') return unreadable(`${key.slice(0, 63)}: ${outcome.why}`);
      count += outcome.count;
      if (outcome.value !== undefined) define(shown, key, outcome.value);
    }
    return masked(shown, count);
  };
}

/** A key named __proto__ (a legal Secret key) stays a key. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}

/** An object of known fields; `others` shows the rest, and unless it is given there must be none. */
export function fields(known: Readonly<Record<string, Show>>, others?: Show): Show {
  const table = new Map(Object.entries(known));
  const rest = others ?? (() => unreadable('is not a field we know'));
  return entries((key) => table.get(key) ?? rest);
}

export function each(show: Show): Show {
  return (value) => {
    if (!Array.isArray(value)) return unreadable('is not a list');
    return inTurn(value, () => show);
  };
}

/** A list of exactly these. */
export function tuple(...shows: readonly Show[]): Show {
  return (value) => {
    if (!Array.isArray(value) || value.length !== shows.length)
      return unreadable(`is not a list of ${shows.length}`);
    return inTurn(value, (index) => shows[index] ?? leftOut);
  };
}

/** Chooses how to show an object by the text of one of its fields. */
export function choose(field: string, cases: Readonly<Record<string, Show>>): Show {
  const table = new Map<unknown, Show>(Object.entries(cases));
  return (value) => {
    if (!isObject(value)) return unreadable('is not an object');
    const show = table.get(value[field]);
    return show === undefined
      ? unreadable(`${field}: is not ${[...table.keys()].join(' or ')}`)
      : show(value);
  };
}

/** A list whose items are shown by their index. */
export function inTurn(list: readonly unknown[], showOf: (index: number) => Show): Masked | Unreadable {
  const shown: unknown[] = [];
  let count = 0;
  for (const [index, item] of list.entries()) {
    const outcome = showOf(index)(item);
    if (outcome.kind === 'unreadable') return unreadable(`${index}: ${outcome.why}`);
    count += outcome.count;
    if (outcome.value !== undefined) shown.push(outcome.value);
  }
  return masked(shown, count);
}
