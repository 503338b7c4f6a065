// A write, or a part of one, with what its sentinels stand for. Each hidden text of the object stays what and where it is, or goes
// with all that it stood in: nothing plain is written over it and nothing of it is moved, so that whatever the API server
// compares, and however it answers, no answer depends on what is hidden.
import { isJsonObject } from '../../policy/written/json.ts';
import { markerIn } from '../put-back/markers.ts';
import { type Fault, fault, type Write } from '../put-back/put-back.ts';
import { holdsSentinel } from '../sentinel.ts';
import { copyInWords } from './copy-in-words.ts';
import type { Hidden, HiddenTexts, LiveText, Named } from './hidden.ts';
import { isEqual } from './is-equal.ts';
import { type At, belonging, isCopy, isStale, mayHoldCopy, names, sayAt } from './places.ts';
import { type Restoring, restoreText } from './restored-text.ts';

export interface Restorer {
  /** `value` as it goes on, written where `hidden` is. */
  restore(value: unknown, hidden: Hidden | undefined, at: At): unknown;
  /** The same of what is compared with what stands there, where an operation before may have written another line of a text. */
  restoreTested(value: unknown, hidden: Hidden | undefined, at: At): unknown;
  refuse(code: Fault['code'], at: At, text?: string): undefined;
  /** The first: what is restored after it counts for nothing. */
  readonly fault: Fault | undefined;
  /** How many pieces were put back. */
  readonly count: number;
}

/** Of one place in one write: each operation of a patch may set it again. */
const MAX_TIMES = 8;

export interface RestorerHow extends Restoring {
  readonly live: HiddenTexts;
  readonly form: Write['form'];
  /** Whether a sentinel where none of a text belongs is somebody else's to judge. */
  readonly leavesOthers: boolean;
}

export function createRestorer(how: RestorerHow): Restorer {
  const times = new Map<Hidden, number>();
  let isTested = false;
  let first: Fault | undefined;
  let count = 0;

  const refuse: Restorer['refuse'] = (code, at, text = '') => {
    first ??= { ...fault(code, sayAt(at)), ...belonging(text, how) };
    return undefined;
  };

  /** Something of the live object, as often as an honest write has it. */
  function putBack<T>(hidden: Hidden, pieces: number, value: T, at: At): T | undefined {
    const so = (times.get(hidden) ?? 0) + 1;
    times.set(hidden, so);
    if (so > MAX_TIMES) return refuse('SentinelMisplaced', at);
    count += pieces;
    return value;
  }

  /** Where nothing is hidden. */
  function plain(value: unknown, at: At): unknown {
    if (typeof value === 'string' && isCopy(at))
      return copyInWords(value, how, false) ?? refuse('SentinelMisplaced', at, value);
    if (isJsonObject(value) && mayHoldCopy(at)) return ofFields(value, NONE, at);
    const found = how.leavesOthers ? undefined : markerIn(value);
    if (found === undefined) return value;
    refuse(
      'SentinelMisplaced',
      [...at, found.below.replace(/^\./, '')].filter((it) => it !== ''),
      found.text,
    );
    return undefined;
  }

  function ofText(written: unknown, of: LiveText, at: At): unknown {
    if (written === null) return written;
    if (typeof written !== 'string') return refuse('HiddenTextOverwritten', at);
    if (of.isCopy && written !== of.shown)
      return copyInWords(written, how, true) ?? refuse('SentinelMisplaced', at, written);
    if (!holdsSentinel(written)) return refuse('HiddenTextOverwritten', at);
    const outcome = restoreText(written, of, how);
    if (typeof outcome === 'string') return refuse(outcome, at, written);
    // A line of the agent's own before it there, and after it here, would tell whether the two are equal.
    if (isTested && written !== of.shown) return refuse('HiddenTextOverwritten', at);
    return putBack(of, outcome.count, outcome.text, at);
  }

  function ofFields(written: unknown, fields: ReadonlyMap<string, Hidden>, at: At): unknown {
    if (written === null) return written;
    if (!isJsonObject(written)) return refuse('HiddenTextOverwritten', at);
    const entries = Object.entries(written).map(([key, value]) => {
      if (holdsSentinel(key) && !how.leavesOthers) refuse('SentinelMisplaced', [...at, key], key);
      if (how.form === 'strategic' && names(key, fields)) refuse('HiddenTextOverwritten', [...at, key]);
      return [key, restore(value, fields.get(key), [...at, key])];
    });
    return Object.fromEntries(entries);
  }

  function ofNamed(written: unknown, { has, items }: Named, at: At): unknown {
    if (written === null) return written;
    if (!Array.isArray(written)) return refuse('HiddenTextOverwritten', at);
    const seen = new Set<unknown>();
    return written.map((item, index) => {
      const name = isJsonObject(item) ? item.name : undefined;
      if (seen.has(name) && has.has(name)) refuse('HiddenTextOverwritten', [...at, index]);
      if (name !== undefined) seen.add(name);
      return restore(item, items.get(name), [...at, index]);
    });
  }

  function restore(written: unknown, hidden: Hidden | undefined, at: At): unknown {
    if (first !== undefined) return undefined;
    switch (hidden?.kind) {
      case undefined:
        return plain(written, at);
      case 'text':
        return ofText(written, hidden, at);
      case 'fields':
        return ofFields(written, hidden.fields, at);
      case 'named':
        return ofNamed(written, hidden, at);
      case 'sealed': {
        if (written === null) return written;
        if (isEqual(written, hidden.shown)) return putBack(hidden, hidden.count, hidden.value, at);
        const text = markerIn(written)?.text ?? '';
        return refuse(
          text !== '' && isStale(text, how) ? 'SentinelStale' : 'HiddenTextOverwritten',
          at,
          text,
        );
      }
    }
  }

  return {
    restore,
    restoreTested(value, hidden, at) {
      isTested = true;
      const tested = restore(value, hidden, at);
      isTested = false;
      return tested;
    },
    refuse,
    get fault() {
      return first;
    },
    get count() {
      return count;
    },
  };
}

const NONE: ReadonlyMap<string, Hidden> = new Map();
