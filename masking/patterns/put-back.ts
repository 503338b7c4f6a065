// The write of an object in which texts are hidden by patterns, put back: judged against the object as it stands, and bound to
// its version where anything of it is put back.
import { markerIn } from '../put-back/markers.ts';
import { pinnedTo } from '../put-back/pinned.ts';
import { partAt } from '../put-back/pointer.ts';
import { fault, type PuttingBack, type Write } from '../put-back/put-back.ts';
import { restored } from '../put-back/writing.ts';
import type { Hash } from '../sentinel.ts';
import { isObject } from '../shape.ts';
import type { Patterns } from './compile.ts';
import { readLiveTexts } from './live-texts.ts';
import { restoreOperations } from './put-back-operations.ts';
import { createRestorer } from './restorer.ts';
import { keysOfPointer } from './steps.ts';

export interface TextWrites {
  /** Keys this pod's sentinels. */
  readonly hash: Hash;
  readonly patterns: Patterns;
}

/**
 * What goes on instead of an update or patch. Each sentinel in it is whole, at its own place and of the live version, in a line
 * that stands as it was shown, or the write is refused. No outcome depends on what is hidden.
 */
export function puttingTextsBack({ hash, patterns }: TextWrites): PuttingBack {
  return (write, root) => {
    const { form } = write;
    const live = readLiveTexts(root, hash, patterns);
    if (live === undefined) return fault('ObjectChanged', 'metadata');
    const tells = write.dryRun || (form === 'apply' && !write.force);
    const restorer = createRestorer({ hash, patterns, live, tells });
    const outcome =
      form === 'operations'
        ? restoreOperations(write.value, live, restorer, tells)
        : restored(restorer.restore(write.value, []));
    if (outcome.kind === 'fault') return outcome;
    if (restorer.fault !== undefined) return restorer.fault;
    const { value } = outcome;
    const left = markerIn(value);
    if (left !== undefined) return fault('SentinelMisplaced', left.below.replace(/^\./, ''));
    const { count } = restorer;
    // Nothing of the live object is in it or compared with it, and it is for no version but the agent's.
    if (count === 0 && !tells && !tests(value))
      return { kind: 'putBack', value, count, pinned: false, changed: 'all' };
    const said = versionsIn(write);
    if (said.some((version) => version !== live.version.resourceVersion))
      return fault('ObjectChanged', 'metadata.resourceVersion');
    const pinned = pinnedTo(live.version.resourceVersion, form, value);
    return { kind: 'putBack', value: pinned, count, pinned: said.length === 0, changed: 'all' };
  };
}

const tests = (value: unknown) =>
  Array.isArray(value) && value.some((operation) => isObject(operation) && operation.op === 'test');

/** The versions that the agent says it writes to. */
function versionsIn({ form, value }: Write): readonly unknown[] {
  const parts = form === 'operations' && Array.isArray(value) ? value.map(partOf) : [value];
  return parts.flatMap((part) => {
    const metadata = isObject(part) ? part.metadata : undefined;
    const version = isObject(metadata) ? metadata.resourceVersion : undefined;
    return version === undefined || version === null || version === '' ? [] : [version];
  });
}

/** What an operation sets or tests, as a part of the object. */
function partOf(operation: unknown): unknown {
  const keys = isObject(operation) ? keysOfPointer(operation.path) : undefined;
  return keys === undefined || !isObject(operation) ? undefined : partAt(keys, operation.value);
}
