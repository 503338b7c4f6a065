// What of one Secret may be shown: its type, its metadata and the names of its keys. Values become sentinels, here
// and in the copies of the object that tools keep in annotations. Also a Secret's metadata alone.
import { isReleasePlace, type Releases, showRelease } from './helm/release.ts';
import { type Hide, metadataShape, secretShape } from './secret-shape.ts';
import { type Hash, sentinel, type Version, versionOf } from './sentinel.ts';
import { asIs, exactly, fields, isObject, masked, type Show, unreadable } from './shape.ts';

/** How a body is masked. */
export interface Masking {
  readonly hash: Hash;
  /** The permit lets real values of the Secret be shown. */
  readonly reveal: boolean;
  /** How releases of Helm are shown; undefined: hidden whole. */
  readonly releases?: Releases;
}

/** The type of a Secret that holds a credential for the API server: no permit reveals it. */
const ACCOUNT_TOKEN = 'kubernetes.io/service-account-token';

/**
 * A Secret (core/v1), also as an item of a list, where the API server leaves apiVersion and kind out. Under `reveal` it is
 * shown as it is, unless it is the token of a ServiceAccount, which only its type tells.
 */
export function secret(how: Masking): Show {
  const hidden = inTurn(how, secretShape);
  return (value) =>
    how.reveal && isObject(value) && typeof value.type === 'string' && value.type !== ACCOUNT_TOKEN
      ? asIs(value)
      : hidden(value);
}

/** A Secret's metadata alone (meta.k8s.io/v1 and v1beta1 PartialObjectMetadata): no type, so never revealed. */
export function partialObjectMetadata(how: Masking): Show {
  return inTurn(how, (hide) =>
    fields({
      apiVersion: exactly('meta.k8s.io/v1', 'meta.k8s.io/v1beta1'),
      kind: exactly('PartialObjectMetadata'),
      metadata: metadataShape(hide),
    }),
  );
}

// The shape is made once for all the objects of a list: to make it costs more than to show an object by it.
function inTurn({ hash, releases }: Masking, shape: (hide: Hide) => Show): Show {
  let object: unknown;
  // A sentinel is bound to the object's version; a bookmark has no uid, and then must have nothing to hide either.
  let version: Version | undefined;
  const show = shape((place, _value, encode) => {
    if (version === undefined)
      return unreadable('is a value of an object without uid, or without a resourceVersion that is a number');
    const release = releases && isReleasePlace(place) && showRelease(object, version, hash, releases);
    return release || masked(encode(sentinel(hash, version, place)), 1);
  });
  return (value) => {
    object = value;
    version = isObject(value) ? versionOf(value.metadata) : undefined;
    return show(value);
  };
}
