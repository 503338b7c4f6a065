// The parts of which filtered lists and events are made: what of an object, a Table's row, the metadata of a list and an
// error is shown where not every object may be. An object without a name makes the whole unreadable.
import {
  asIs,
  each,
  fields,
  isObject,
  leftOut,
  type Masked,
  masked,
  orNull,
  type Show,
  text,
  type Unreadable,
  unreadable,
} from './shape.ts';

/** What is shown of a list or watch, and how. */
export interface Filtering {
  /** The `metadata.name` of every object that is shown, and all else is left out; undefined: any. */
  readonly names: ReadonlySet<string> | undefined;
  /** The namespace whose objects are left out, whatever their names; undefined: none. */
  readonly exceptNamespace: string | undefined;
  /** Seals a `continue`: it names the last object of its page. */
  readonly seal: (token: string) => string;
  /** The agent asked for a Table without objects, in which nothing is named: they are there, and are taken out here. */
  readonly withoutObjects: boolean;
}

/** Whether an object is shown, by its name, undefined where it has none, and its namespace. */
export type Choice = (name: string | undefined, namespace: unknown) => Masked<boolean> | Unreadable;

/** An object of a list, or of a change in a watch. */
export const amongShown =
  ({ names, exceptNamespace }: Filtering): Choice =>
  (name, namespace) => {
    if (name === undefined) return unreadable('metadata.name: is missing');
    const isHidden = exceptNamespace !== undefined && namespace === exceptNamespace;
    return masked(!isHidden && names?.has(name) !== false, 0);
  };

/** What is chosen by the name of the object that `objectOf` finds in it. */
export function chosen(choice: Choice, objectOf: (value: unknown) => unknown, show: Show): Show {
  return (value) => {
    const { name, namespace } = metadataOf(objectOf(value));
    const isShown = choice(typeof name === 'string' && name !== '' ? name : undefined, namespace);
    if (isShown.kind === 'unreadable') return isShown;
    return isShown.value ? show(value) : leftOut(value);
  };
}

const metadataOf = (object: unknown): Readonly<Record<string, unknown>> =>
  isObject(object) && isObject(object.metadata) ? object.metadata : {};

/** A Table (meta.k8s.io), its rows chosen by their objects, which are then shown by `object`. */
export function table(how: Filtering, choice: Choice, object: Show): Show {
  const row = fields({ cells: asIs, conditions: asIs, object });
  const objectOf = (value: unknown) => (isObject(value) ? value.object : undefined);
  return fields({
    apiVersion: text,
    kind: text,
    metadata: listMeta(how),
    columnDefinitions: asIs,
    rows: orNull(each(chosen(choice, objectOf, row))),
  });
}

/** A row's object, of a Table that was asked for without. */
export const noObject: Show = () => masked(null, 0);

/** metav1.ListMeta: how many objects follow is told by no field. */
export function listMeta({ seal }: Filtering): Show {
  const sealed: Show = (token) => {
    if (token === '') return asIs(token);
    return typeof token === 'string' ? masked(seal(token), 0) : text(token);
  };
  return fields({ selfLink: asIs, resourceVersion: asIs, shardInfo: asIs, continue: sealed }, leftOut);
}

/**
 * A Status. What the API server says of a request it would not take (4xx) quotes the request alone; what went wrong inside it
 * may name the object it went wrong with (apiserver pkg/storage/etcd3/store.go). A 410 carries another `continue`.
 */
export function status(how: Filtering): Show {
  const metadata = listMeta(how);
  const ofRequest = fields({ metadata }, asIs);
  const ofServer = fields({ metadata, message: unsaid, details: orNull(fields(DETAILS, leftOut)) }, asIs);
  return (value) => {
    const code = isObject(value) ? value.code : undefined;
    return typeof code === 'number' && code < 500 ? ofRequest(value) : ofServer(value);
  };
}

/** Of a cause its type: by one of them client-go knows a resourceVersion that the server has not come to. */
const DETAILS = {
  group: asIs,
  kind: asIs,
  retryAfterSeconds: asIs,
  causes: orNull(each(fields({ reason: asIs }, leftOut))),
};
const unsaid: Show = () =>
  masked('chaperone: what the API server said may name objects that are not shown', 0);
