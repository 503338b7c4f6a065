// A JSON Patch (RFC 6902) of an object with hidden texts: each value that an operation sets or tests is restored as what would
// stand there; what would carry a hidden text elsewhere, or come to stand over one, is refused.
import { isJsonObject } from '../../policy/written/json.ts';
import { markerIn } from '../put-back/markers.ts';
import { type Fault, fault } from '../put-back/put-back.ts';
import { type Restored, restored } from '../put-back/writing.ts';
import type { Hidden, Named } from './hidden.ts';
import { keysOfPointer, type Spot, spotAt } from './pointer.ts';
import type { Restorer } from './restorer.ts';

type Operation = Readonly<Record<string, unknown>>;

/** The operations as they go on, or the first fault; those of texts are the restorer's to say. */
export function restoreOperations(
  operations: unknown,
  root: Hidden | undefined,
  restorer: Restorer,
): Restored {
  if (!Array.isArray(operations)) return UNFORESEEN;
  /** What has been written at or above, so that a list there has other items now. */
  const changed = new Set<Hidden>();
  const spotOf = (keys: readonly string[]) => spotAt(root, keys, (hidden) => changed.has(hidden));
  const list: unknown[] = [];
  for (const operation of operations) {
    const outcome = isJsonObject(operation) ? restoreOperation(operation, spotOf, restorer) : UNFORESEEN;
    if (outcome.kind === 'fault') return outcome;
    if (restorer.fault !== undefined) return restorer.fault;
    for (const hidden of outcome.value.changes) changed.add(hidden);
    list.push(outcome.value.operation);
  }
  return restored(list);
}

interface Done {
  readonly operation: Operation;
  readonly changes: readonly Hidden[];
}

function restoreOperation(
  operation: Operation,
  spotOf: (keys: readonly string[]) => Spot,
  restorer: Restorer,
): Restored<Done> {
  const { op, path, value, ...others } = operation;
  const keys = keysOfPointer(path);
  if (keys === undefined) return UNFORESEEN;
  const said = keys.join('.');
  if (markerIn({ op, path, ...others }) !== undefined) return fault('SentinelMisplaced', said);
  const spot = spotOf(keys);
  const restore = op === 'test' ? restorer.restoreTested : restorer.restore;
  if (spot.kind === 'name' && op === 'test')
    return restored({ operation: { ...operation, value: restore(value, undefined, spot.at) }, changes: [] });
  if (spot.kind !== 'spot') return fault('HiddenTextOverwritten', said);
  const { hidden, list, name, at } = spot;
  const changes = [hidden, list].filter((it) => it !== undefined);
  switch (op) {
    case 'remove':
      return restored({ operation, changes });
    case 'copy':
    case 'move': {
      const from = keysOfPointer(operation.from);
      const source = from && spotOf(from);
      if (source?.kind !== 'spot' || source.hidden !== undefined || source.list !== undefined)
        return fault('HiddenCarried', from?.join('.') ?? said);
      return changes.length > 0 ? fault('HiddenTextOverwritten', said) : restored({ operation, changes });
    }
    case 'add':
    case 'replace':
    case 'test': {
      const item = list && itemFor(value, op === 'add' ? undefined : name, list);
      if (item === 'another') return fault('HiddenTextOverwritten', said);
      const over = item === 'new' ? undefined : hidden;
      const put = { ...operation, value: restore(value, over, at) };
      // After all that are there: each of them stands where it stood.
      const isAppended = op === 'add' && item !== undefined && name === undefined;
      return restored({ operation: put, changes: op === 'test' || isAppended ? [] : changes });
    }
    default:
      return UNFORESEEN;
  }
}

/** What an item is that is written in the place of that name, or beside all: itself, none that is there, or another one. */
function itemFor(value: unknown, name: string | undefined, { has }: Named): 'itself' | 'new' | 'another' {
  const said = isJsonObject(value) ? value.name : undefined;
  if (name !== undefined && said === name) return 'itself';
  return has.has(said) ? 'another' : 'new';
}

const UNFORESEEN: Fault = fault('SentinelMisplaced', 'an operation');
