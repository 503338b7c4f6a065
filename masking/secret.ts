// What of one Secret may be shown: its type, its metadata and the names of its keys. Values become sentinels, here
// and in the copies of the object that tools keep in annotations. Also a Secret's metadata alone.
import { printJson, readJson } from './json.ts';
import { type Hash, type HiddenPart, sentinel } from './sentinel.ts';
import {
  asIs,
  each,
  entries,
  exactly,
  fields,
  flag,
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

/** Annotations in which a tool keeps the object it applied, as JSON or compressed, and who does. */
const COPIES: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration', // kubectl apply
  'kapp.k14s.io/original', // kapp
  'kapp.k14s.io/original-diff', // kapp
  'objectset.rio.cattle.io/applied', // k3s, RKE2, Rancher
  'banzaicloud.com/last-applied', // operators built on banzaicloud/operator-tools
]);

/** How a body is masked. */
export interface Masking {
  readonly hash: Hash;
  /** The permit lets real values of the Secret be shown. */
  readonly reveal: boolean;
}

/** Puts the sentinel of one value in its place, in the encoding of that place. */
type Hide = (part: HiddenPart, key: string, encode: (sentence: string) => string) => Masked | Unreadable;

const plain = (sentence: string) => sentence;

/** The type of a Secret that holds a credential for the API server: no permit reveals it. */
const ACCOUNT_TOKEN = 'kubernetes.io/service-account-token';

/**
 * A Secret (core/v1), also as an item of a list, where the API server leaves apiVersion and kind out. Under `reveal` it is
 * shown as it is, unless it is the token of a ServiceAccount, which only its type tells.
 */
export function secret({ hash, reveal }: Masking): Show {
  return (value) =>
    reveal && isObject(value) && typeof value.type === 'string' && value.type !== ACCOUNT_TOKEN
      ? asIs(value)
      : secretFields(hideIn(value, hash))(value);
}

/** A Secret's metadata alone (meta.k8s.io/v1 and v1beta1 PartialObjectMetadata): no type, so never revealed. */
export function partialObjectMetadata({ hash }: Masking): Show {
  return (value) =>
    fields({
      apiVersion: exactly('meta.k8s.io/v1', 'meta.k8s.io/v1beta1'),
      kind: exactly('PartialObjectMetadata'),
      metadata: metadata(hideIn(value, hash)),
    })(value);
}

// A sentinel is bound to the object's uid; a bookmark has none, and then must have nothing to hide either.
function hideIn(object: unknown, hash: Hash): Hide {
  const uid = isObject(object) && isObject(object.metadata) ? object.metadata.uid : undefined;
  if (typeof uid !== 'string' || uid === '') return () => unreadable('is a value of an object without uid');
  return (part, key, encode) => masked(encode(sentinel(hash, uid, part, key)), 1);
}

function secretFields(hide: Hide): Show {
  return fields({
    apiVersion: exactly('v1'),
    kind: exactly('Secret'),
    metadata: metadata(hide),
    type: text,
    immutable: orNull(flag),
    data: orNull(entries((key) => () => hide('data', key, btoa))),
    stringData: orNull(entries((key) => () => hide('data', key, plain))),
  });
}

function metadata(hide: Hide): Show {
  return fields(
    {
      annotations: orNull(entries((name) => (COPIES.has(name) ? copy(hide, name) : note(hide, name)))),
      managedFields: orNull(each(managedFieldsEntry)),
    },
    asIs,
  );
}

/** Tools we do not know keep copies too; a note of a person or a controller is shorter than this, and no document. */
const MAX_NOTE = 256;

function note(hide: Hide, name: string): Show {
  return (value) => {
    const mayBeCopy = typeof value === 'string' && (value.length > MAX_NOTE || /^\s*[[{]/.test(value));
    return mayBeCopy ? hide('annotation', name, plain) : text(value);
  };
}

// Ownership of one key moves when its value changes, which would tell a right guess from a wrong one.
const managedFieldsEntry: Show = fields(
  { fieldsV1: fields({ 'f:data': leftOut, 'f:stringData': leftOut }, asIs) },
  asIs,
);

// A copy that reads as a Secret is masked as one, with the sentinels of the object that carries it, so that tools
// find it equal to the live object; any other (a diff, gzip, base64) is hidden whole.
function copy(hide: Hide, name: string): Show {
  return (value) => {
    const inner = typeof value === 'string' ? readJson(value) : unreadable('is not a string');
    const shown = inner.kind === 'json' ? secretFields(hide)(inner.value) : inner;
    const printed = shown.kind === 'masked' ? printJson(shown.value) : shown;
    return shown.kind === 'masked' && printed.kind === 'json'
      ? masked(printed.value, shown.count)
      : hide('annotation', name, plain);
  };
}
