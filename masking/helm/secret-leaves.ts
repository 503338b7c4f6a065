// Where in a document of a manifest the values of Secrets stand, at any depth: in a List, and in what makes objects out of
// templates. All other scalars too, and which of them only name or type an object.
import { readAnnotation } from '../annotations.ts';
import { contextOf } from './leaves.ts';
import type { Leaf, Node } from './plain-yaml.ts';

/** Keys and numbers. */
export type Path = readonly (string | number)[];

export interface Found {
  readonly leaf: Leaf;
  readonly path: Path;
  /** What it is the value of; undefined: it is an item of a list. */
  readonly context: string | undefined;
  /** What it is: a value of a Secret, what names or types an object, or anything else. */
  readonly place: 'data' | 'stringData' | 'name' | 'other';
}

/** What the API server has in URLs, and Helm finds the object by. */
const OBJECT_ROLES: Roles = { __proto__: null, apiVersion: 'name', kind: 'name', metadata: 'metadata' };
const METADATA_ROLES: Roles = { __proto__: null, name: 'name', namespace: 'name', generateName: 'name' };
const NO_ROLES: Roles = { __proto__: null };
type Roles = { readonly [key: string]: Role | null | undefined };
type Role = 'metadata' | 'name' | 'other';

/** Where a node stands. */
interface At {
  readonly path: Path;
  readonly role: Role;
  readonly context?: string | undefined;
  /** Whether it is in an object that is a Secret. */
  readonly ofSecret?: boolean;
  /** Of what is in the `items` of an object: its kind where it says none; empty: that cannot be told. */
  readonly itemKind?: string | undefined;
}

/**
 * In their order. Undefined: a Secret among them has another `data` or `stringData` than a mapping of scalars, or it is not
 * certain which of them are Secrets.
 */
export function readLeaves(root: Node): readonly Found[] | undefined {
  const found: Found[] = [];
  return collect(found, root, { path: [], role: 'other' }) ? found : undefined;
}

function collect(found: Found[], node: Node, at: At): boolean {
  const { path, role, context, itemKind, ofSecret = false } = at;
  if (node.kind === 'leaf') {
    const other = ofSecret && isDocument(path, node) ? 'stringData' : 'other';
    found.push({ leaf: node, path, context, place: role === 'name' ? 'name' : other });
    return node.text !== undefined || !(itemKind === '' || itemKind === 'Secret') || isEmpty(node);
  }
  if (node.kind === 'list')
    return node.items.every((item, index) =>
      collect(found, item, { path: [...path, index], role: 'other', itemKind, ofSecret }),
    );
  const said = textOf(node.entries.get('kind'));
  if (said === undefined && itemKind === '') return false;
  // At any depth: in a List, and in what makes objects out of templates.
  const kind = said ?? itemKind;
  const roles = kind !== undefined ? OBJECT_ROLES : role === 'metadata' ? METADATA_ROLES : NO_ROLES;
  const name = textOf(node.entries.get('name'));
  const isSecret = kind === 'Secret';
  // What only refers to one has no metadata.
  const isObject = isSecret && (path.length === 0 || node.entries.has('metadata'));
  return [...node.entries].every(([key, inner]) => {
    const place = isSecret ? VALUES[key.toLowerCase()] : undefined;
    const below = [...path, key];
    if (isObject && !place && !OF_SECRET.has(key)) return false;
    if (place) return collectValues(found, inner, below, place);
    return collect(found, inner, {
      path: below,
      role: roles[key] ?? 'other',
      context: contextOf(key, name),
      ofSecret: ofSecret || isObject,
      // As the API's own reader has it (apimachinery pkg/apis/meta/v1/unstructured/helpers.go, decodeToList).
      itemKind: key === 'items' ? kind?.replace(/List$/, '') : undefined,
    });
  });
}

/** Empty is none, there as here. */
const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'leaf' && node.text !== '' ? node.text : undefined;

/** In whatever case: the API server drops what it does not know, and it is stored in the release. */
const VALUES: { readonly [key: string]: 'data' | 'stringData' | null | undefined } = {
  __proto__: null,
  data: 'data',
  stringdata: 'stringData',
};

/** An annotation that is no note, as in a Secret itself, or annotations that are not read. */
const isDocument = (path: Path, leaf: Leaf): boolean =>
  leaf.text === undefined
    ? path.at(-1) === 'annotations' && !isEmpty(leaf)
    : path.at(-2) === 'annotations' && readAnnotation(String(path.at(-1)), leaf.text).kind !== 'note';

/** What else a Secret has; another key is one of its values that was not indented, and is stored in the release too. */
const OF_SECRET: ReadonlySet<string> = new Set([
  ...['apiVersion', 'kind', 'metadata', 'type', 'immutable', 'items', 'status'],
]);

function collectValues(found: Found[], field: Node, path: Path, place: 'data' | 'stringData'): boolean {
  if (field.kind === 'leaf') return field.text === undefined && isEmpty(field);
  if (field.kind === 'list') return false;
  for (const [key, leaf] of field.entries) {
    if (leaf.kind !== 'leaf') return false;
    found.push({ leaf, path: [...path, key], context: key, place });
  }
  return true;
}

/** Nothing, or `{}` or `[]`. */
const isEmpty = ({ start, end }: Leaf): boolean => end - start <= 2;
