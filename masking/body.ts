// The two things that a protected read answers with: one whole body (get, list), or one event of a watch. Each is
// shown by kind, and a kind or event type that no table names is unreadable.
import { type Masking, partialObjectMetadata, secret } from './secret.ts';
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
import type { Wall } from './wall.ts';

/** The wall in front of Secrets: `maskBody` and `maskEvent`. */
export const secretsMasked = (how: Masking): Wall => ({
  body: (body) => maskBody(body, how),
  event: (event) => maskEvent(event, how),
});

/**
 * Hides every value that is not revealed in the parsed body of an answer to get or list on Secrets; `count` says how many.
 * A Status passes as it is: on a read nothing in it quotes a Secret (the answer to a write may, and is not this).
 */
export function maskBody(body: unknown, how: Masking): Masked | Unreadable {
  return choose('kind', {
    ...single(how),
    SecretList: list(secret(how), 'v1'),
    List: list(secret(how), 'v1'),
    PartialObjectMetadataList: list(partialObjectMetadata(how), 'meta.k8s.io/v1', 'meta.k8s.io/v1beta1'),
    Status: asIs,
  })(body);
}

/** The same for one parsed watch event (metav1.WatchEvent). A bookmark is a Secret that has no data and no uid. */
export function maskEvent(event: unknown, how: Masking): Masked | Unreadable {
  const change = fields({ type: asIs, object: choose('kind', single(how)) });
  const error = fields({ type: asIs, object: choose('kind', { Status: asIs }) });
  return choose('type', { ADDED: change, MODIFIED: change, DELETED: change, BOOKMARK: change, ERROR: error })(
    event,
  );
}

const single = (how: Masking) => ({
  Secret: secret(how),
  Table: secretTable(how),
  PartialObjectMetadata: partialObjectMetadata(how),
});

function list(item: Show, ...apiVersions: readonly string[]): Show {
  return fields({
    apiVersion: exactly(...apiVersions),
    kind: asIs,
    metadata: asIs,
    items: orNull(each(item)),
  });
}
