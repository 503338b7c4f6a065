// The write of an object in which texts are hidden by patterns, put back: judged against the object as it stands, and bound to
// its version where anything of it is hidden.
import { markerIn } from '../put-back/markers.ts';
import { pinnedTo } from '../put-back/pinned.ts';
import { partAt } from '../put-back/pointer.ts';
import { type Fault, fault, type PuttingBack, type Write } from '../put-back/put-back.ts';
import { restored } from '../put-back/writing.ts';
import type { Hash } from '../sentinel.ts';
import { isObject, type Show } from '../shape.ts';
import type { Patterns } from './compile.ts';
import { hiddenTexts } from './hidden-tree.ts';
import { keysOfPointer } from './pointer.ts';
import { restoreOperations } from './put-back-operations.ts';
import { createRestorer } from './restorer.ts';
import { isLeftIn } from './wall.ts';

export interface TextWrites {
  /** Keys this pod's sentinels. */
  readonly hash: Hash;
  readonly patterns: Patterns;
}

/**
 * What goes on instead of an update or patch. Each sentinel in it is whole, at its own place and of the live version, in a line
 * that stands as it was shown, in the order in which they were, or the write is refused. No outcome depends on what is hidden.
 */
export function puttingTextsBack(how: TextWrites): PuttingBack {
  return (write, live) => {
    const outcome = restoreTexts(write, live, { ...how, behindSecrets: false });
    if (outcome.kind === 'fault') return outcome;
    const { value, count, hides, resourceVersion } = outcome;
    const left = markerIn(value);
    if (left !== undefined) return fault('SentinelMisplaced', left.below.replace(/^\./, ''));
    const saysVersion = versionsIn(write).length > 0;
    const bound = hides ? pinnedTo(resourceVersion, write.form, value) : value;
    return { kind: 'putBack', value: bound, count, pinned: hides && !saysVersion, changed: 'all', hides };
  };
}

/** The same of a Secret, before its values are put back: `shown` is what the wall before the patterns shows of it. */
export function puttingSecretTextsBack(how: TextWrites, shown: Show, secret: PuttingBack): PuttingBack {
  return (write, live) => {
    const seen = shown(live);
    if (seen.kind === 'unreadable') return fault('LiveUnreadable', seen.why);
    const outcome = restoreTexts(write, seen.value, { ...how, behindSecrets: true });
    if (outcome.kind === 'fault') return outcome;
    const put = secret({ ...write, value: outcome.value }, live);
    return put.kind === 'fault' ? put : { ...put, count: put.count + outcome.count };
  };
}

interface RestoredTexts {
  readonly kind: 'texts';
  readonly value: unknown;
  readonly count: number;
  /** Whether anything is hidden of the object. */
  readonly hides: boolean;
  readonly resourceVersion: string;
}

function restoreTexts(
  write: Write,
  root: unknown,
  { behindSecrets, ...how }: TextWrites & { readonly behindSecrets: boolean },
): RestoredTexts | Fault {
  const live = hiddenTexts(root, { ...how, isLeft: isLeftIn(root, behindSecrets) });
  if (live.kind === 'unreadable') return fault('LiveUnreadable', live.why);
  const { form, value } = write;
  const hides = live.root !== undefined;
  const { resourceVersion } = live.version;
  if (hides && versionsIn(write).some((version) => version !== resourceVersion))
    return fault('ObjectChanged', 'metadata.resourceVersion');
  const restorer = createRestorer({ ...how, live, form, leavesOthers: behindSecrets });
  const outcome =
    form === 'operations'
      ? restoreOperations(value, live.root, restorer)
      : restored(restorer.restore(value, live.root, []));
  if (restorer.fault !== undefined) return restorer.fault;
  if (outcome.kind === 'fault') return outcome;
  return {
    kind: 'texts',
    value: outcome.value,
    count: restorer.count,
    hides,
    resourceVersion,
  };
}

/** The versions that the agent says it writes to. */
function versionsIn({ form, value }: Write): readonly unknown[] {
  const parts = form === 'operations' && Array.isArray(value) ? value.map(partOf) : [value];
  return parts.flatMap((part) => {
    const metadata = isObject(part) ? part.metadata : undefined;
    const version = isObject(metadata) ? metadata.resourceVersion : undefined;
    return UNSAID.has(version) ? [] : [version];
  });
}

/** For the API server 0 is none too. */
const UNSAID: ReadonlySet<unknown> = new Set([undefined, null, '', '0']);

/** What an operation sets or tests, as a part of the object. */
function partOf(operation: unknown): unknown {
  const keys = isObject(operation) ? keysOfPointer(operation.path) : undefined;
  return keys === undefined || !isObject(operation) ? undefined : partAt(keys, operation.value);
}
