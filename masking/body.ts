// The two things that a protected read answers with: one whole body (get, list), or one event of a watch. Each is
// shown by kind, and a kind or event type that no table names is unreadable.
import { partialObjectMetadata, secret } from './secret.ts';
import type { Hash } from './sentinel.ts';
import {
  asIs,
  choose,
  each,
  exactly,
  fields,
  type Masked,
  orNull,
  type Show,
  type Unreadable,
} from './shape.ts';
import { secretTable } from './table.ts';

/**
 * Hides every value in the parsed body of an answer to get or list on Secrets; `count` says how many.
 * A Status passes as it is: on a read nothing in it quotes a Secret (the answer to a write may, and is not this).
 */
export function maskBody(body: unknown, hash: Hash): Masked | Unreadable {
  return choose('kind', {
    ...single(hash),
    SecretList: list(secret(hash), 'v1'),
    List: list(secret(hash), 'v1'),
    PartialObjectMetadataList: list(partialObjectMetadata(hash), 'meta.k8s.io/v1', 'meta.k8s.io/v1beta1'),
    Status: asIs,
  })(body);
}

/** The same for one parsed watch event (metav1.WatchEvent). A bookmark is a Secret that has no data and no uid. */
export function maskEvent(event: unknown, hash: Hash): Masked | Unreadable {
  const change = fields({ type: asIs, object: choose('kind', single(hash)) });
  const error = fields({ type: asIs, object: choose('kind', { Status: asIs }) });
  return choose('type', { ADDED: change, MODIFIED: change, DELETED: change, BOOKMARK: change, ERROR: error })(
    event,
  );
}

const single = (hash: Hash) => ({
  Secret: secret(hash),
  Table: secretTable(hash),
  PartialObjectMetadata: partialObjectMetadata(hash),
});

function list(item: Show, ...apiVersions: readonly string[]): Show {
  return fields({
    apiVersion: exactly(...apiVersions),
    kind: asIs,
    metadata: asIs,
    items: orNull(each(item)),
  });
}
