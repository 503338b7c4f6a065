// A JSON Patch (RFC 6902) of an object with hidden texts: each value that an operation sets or tests is restored as it would
// stand; what would carry a hidden text elsewhere, or compare one after something has changed, is refused.
import { isJsonObject } from '../../policy/written/json.ts';
import { markerIn } from '../put-back/markers.ts';
import { fault } from '../put-back/put-back.ts';
import { type Restored, restored } from '../put-back/writing.ts';
import { type LiveTexts, mayHold } from './live-texts.ts';
import type { Restorer } from './restorer.ts';
import { keysOfPointer, stepsTo } from './steps.ts';

/** The operations as they go on, or the first fault; those of texts are the restorer's to say. */
export function restoreOperations(
  operations: unknown,
  live: LiveTexts,
  restorer: Restorer,
  tells: boolean,
): Restored {
  if (!Array.isArray(operations)) return UNFORESEEN;
  const list: unknown[] = [];
  let isChanged = false;
  for (const operation of operations) {
    const keys = isJsonObject(operation) ? keysOfPointer(operation.path) : undefined;
    if (!isJsonObject(operation) || keys === undefined) return UNFORESEEN;
    const { op, value, ...others } = operation;
    const at = keys.join('.');
    if (markerIn(others) !== undefined) return fault('SentinelMisplaced', at);
    // What stands there by then may have come from elsewhere.
    if (isChanged && (tells || op === 'test') && mayHold(live, keys)) return fault('HiddenOverwritten', at);
    if (op === 'copy' || op === 'move') {
      const from = keysOfPointer(operation.from);
      const way = from && stepsTo(live.root, from, { value: undefined, added: 0 });
      if (from === undefined || way === undefined || mayHold(live, from) || restorer.guessesName(way))
        return fault('HiddenCarried', from?.join('.') ?? at);
      if (tells && mayHold(live, keys)) return fault('HiddenOverwritten', at);
    } else if (op !== 'add' && op !== 'replace' && op !== 'test' && op !== 'remove') return UNFORESEEN;
    const isSet = op === 'add' || op === 'replace' || op === 'test';
    const path = stepsTo(live.root, keys, { value, added: op === 'add' ? 1 : 0 });
    if (path === undefined) return UNFORESEEN;
    // To add a field tells nothing of whether it is there; to take one away, or to go through it, does.
    const isNew = !tells && (op === 'add' || op === 'copy' || op === 'move');
    if (restorer.guessesName(isNew ? path.slice(0, -1) : path)) return fault('HiddenOverwritten', at);
    isChanged ||= op !== 'test';
    list.push(
      isSet ? { ...operation, value: restorer.restore(value, path, tells || op === 'test') } : operation,
    );
  }
  return restored(list);
}

const UNFORESEEN = fault('SentinelMisplaced', 'an operation');
