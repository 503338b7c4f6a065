// What a protected call answers with: one whole body (get, list, a write), or one event of a watch. Each is shown by kind,
// and a kind or event type that no table names is unreadable.
import { roomForReleases } from './helm/release.ts';
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
  unreadable,
} from './shape.ts';
import { secretTable } from './table.ts';
import type { Wall } from './wall.ts';
import { writtenStatus } from './written-status.ts';
import { isKnownWarning } from './written-words.ts';

/** The wall in front of Secrets: `maskBody` and `maskEvent`. */
export const secretsMasked = (how: Masking): Wall => ({
  body: bodyOf(how, asIs),
  event: (event) => maskEvent(event, withRoom(how)),
  ...(!how.reveal && { values: 'hidden' }),
});

/** An event has its room to itself: a watch has no end. */
const withRoom = ({ releases, ...how }: Masking): Masking => ({
  ...how,
  ...(releases && { releases: { ...releases, room: roomForReleases() } }),
});

/**
 * The wall in front of what a write of Secrets is answered with: the object (create, update, patch, or a delete that a finalizer
 * holds up), the list (deletecollection), or a Status. `verb` is the request's.
 */
export function secretsWritten(how: Masking, verb: string): Wall {
  // What is said of a create quotes nothing but what the agent has just sent.
  const isCreate = verb === 'create';
  return {
    body: bodyOf(how, isCreate ? asIs : writtenStatus),
    event: () => unreadable('is the answer to a write'),
    ...(!isCreate && { warning: isKnownWarning }),
  };
}

/**
 * Hides every value that is not revealed in the parsed body of an answer to get or list on Secrets; `count` says how many.
 * A Status passes as it is: on a read nothing in it quotes a Secret.
 */
export function maskBody(body: unknown, how: Masking): Masked | Unreadable {
  return bodyOf(how, asIs)(body);
}

const bodyOf = (how: Masking, status: Show): Show =>
  choose('kind', {
    ...single(how),
    SecretList: list(secret(how), 'v1'),
    List: list(secret(how), 'v1'),
    PartialObjectMetadataList: list(partialObjectMetadata(how), 'meta.k8s.io/v1', 'meta.k8s.io/v1beta1'),
    Status: status,
  });

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
