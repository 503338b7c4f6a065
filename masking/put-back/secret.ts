// The write of a Secret, put back: judged against the live one, and bound to its resourceVersion.
import { isJsonObject } from '../../policy/written/json.ts';
import type { Hash, Place } from '../sentinel.ts';
import { type LiveSecret, placeId, readLiveSecret } from './live-secret.ts';
import { operationsPutBack } from './operations.ts';
import { isClosedType, partPutBack } from './part.ts';
import { pinnedTo } from './pinned.ts';
import { fault, type PuttingBack, type Write } from './put-back.ts';
import { soleOwner } from './sole-owner.ts';
import { newTally, type Restored, type Writing } from './writing.ts';

export interface SecretWrites {
  /** Keys this pod's sentinels. */
  readonly hash: Hash;
  /** Whether the value at a place is known to be the same at that older version as it is at the live one. */
  readonly isCurrent: (version: string, place: Place) => boolean;
  /** The agent may read the values: then a plain one may stand over them anywhere. */
  readonly revealed: boolean;
  /** How releases of Helm are read; undefined: they were hidden whole. */
  readonly releases?: Writing['releases'];
}

/**
 * What goes on instead of a write of a Secret (core/v1). Every sentinel in it is whole, at its own place and current, or the
 * write is refused; everything unforeseen is a fault. No outcome depends on a hidden value.
 */
export function puttingSecretBack({ hash, isCurrent, revealed, releases }: SecretWrites): PuttingBack {
  return (write, live) => {
    const known = readLiveSecret(live);
    if (known === undefined) return fault('ObjectChanged', 'metadata');
    if (isClosedType(known.type)) return fault('ClosedType', 'type');
    const tally = newTally();
    const outcome = putBack(write, {
      live: known,
      hash,
      isCurrent,
      revealed,
      releases,
      tells: tellsIn(write, known),
      nullRemoves: write.form === 'merge' || write.form === 'strategic',
      atOnce: write.form !== 'operations',
      tally,
    });
    if (outcome.kind === 'fault') return outcome;
    const { count, saysVersion, changed } = tally;
    return {
      kind: 'putBack',
      value: pinnedTo(known.resourceVersion, write.form, outcome.value),
      count,
      pinned: !saysVersion,
      changed: distinct(changed),
      hides: true,
    };
  };
}

function tellsIn(write: Write, { immutable, managedFields }: LiveSecret): Writing['tells'] {
  if (write.dryRun || immutable) return () => true;
  if (write.form !== 'apply' || write.force) return false;
  // A conflict would say that what is applied differs from what stands there.
  const isSole = soleOwner(managedFields, write.manager);
  return ({ part, key }) => part !== 'data' || !isSole(key);
}

function putBack({ form, value }: Write, writing: Writing): Restored {
  if (form === 'operations') return operationsPutBack(writing, value);
  return isJsonObject(value) ? partPutBack(writing, value) : fault('ObjectChanged', '');
}

function distinct(lists: ReadonlySet<readonly Place[]>): readonly Place[] {
  return [...new Map([...lists].flat().map((place) => [placeId(place), place])).values()];
}
