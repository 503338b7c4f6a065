// What is shown of a list: printed run by run as it comes and kept until the end, when what stands around it is printed too.
import { createBlocks } from './blocks.ts';
import { divided, type Hold } from './growing-bytes.ts';
import { type Json, printJson, readJsonBytes } from './json.ts';
import type { Failure, MaskedBytes } from './masker.ts';
import { printAround, printedValue } from './printed.ts';
import { isObject, type Show, type Unreadable, unreadable } from './shape.ts';
import { type Counted, MAX_BODY_BYTES, MAX_VALUES } from './unread.ts';
import { createWaitingRuns } from './waiting-runs.ts';
import { isListIn, type ListField } from './wall.ts';

type Body = Readonly<Record<string, unknown>>;

export interface ShownList {
  /** Some whole elements, as a list. */
  add(run: Counted): Failure | undefined;
  /** All that is shown, also of the other fields of the body, in which the list is empty. It is held no more. */
  within(envelope: Body): MaskedBytes | Failure;
}

export interface ListShowing {
  /** Of a wall (wall.ts). */
  readonly show: Show;
  readonly field: ListField;
  /** The fields that stand before the list. Where they do not say what it is, its runs wait for the others. */
  readonly head: Body;
  readonly hold: Hold;
}

const encoder = new TextEncoder();
const TOO_LARGE = unreadable(`what is shown of the list is larger than ${MAX_BODY_BYTES} bytes`);

export function createShownList({ show, field, head, hold }: ListShowing): ShownList {
  const share = divided(hold);
  const waiting = createWaitingRuns(share());
  const blocks = createBlocks(share());
  const isKnown = 'kind' in head && 'metadata' in head;
  let [count, runs] = [0, 0];
  let isOneEmpty = false;

  function read(run: Uint8Array): Json<readonly unknown[]> {
    const list = readJsonBytes(run);
    if (list.kind === 'unreadable') return list;
    const elements = list.value as readonly unknown[];
    runs += 1;
    isOneEmpty ||= elements.length === 0;
    // Each of several stands beside a comma.
    return runs > 1 && isOneEmpty ? unreadable('is not JSON') : { kind: 'json', value: elements };
  }

  /** What is shown of a body with such a list, and the list in it. */
  function shownWith(body: Body): Shown | Unreadable {
    const outcome = show(body);
    if (outcome.kind === 'unreadable') return outcome;
    const value = isObject(outcome.value) ? outcome.value : {};
    const list = value[field];
    if (!Array.isArray(list)) return unreadable(`${field}: is shown as no list`);
    count += outcome.count;
    return { kind: 'shown', value, list };
  }

  function print(run: Uint8Array, body: Body): Failure | undefined {
    const elements = read(run);
    if (elements.kind === 'unreadable') return elements;
    const shown = shownWith({ ...kindOf(body), [field]: elements.value });
    if (shown.kind === 'unreadable') return shown;
    const list = printJson(shown.list);
    if (list.kind === 'unreadable') return list;
    const text = list.value.slice(1, -1);
    const isKept = text === '' || ((blocks.length === 0 || blocks.append(',')) && blocks.append(text));
    if (!isKept) return { kind: 'noRoom' };
    return blocks.length > MAX_BODY_BYTES ? TOO_LARGE : undefined;
  }

  /** One object, with all that waited as a part of it. */
  function whole(envelope: Body): MaskedBytes | Failure {
    if (waiting.values > MAX_VALUES) return unreadable(`the body has more than ${MAX_VALUES} values`);
    const all: unknown[] = [];
    for (const run of waiting.take()) {
      const elements = read(run);
      if (elements.kind === 'unreadable') return elements;
      for (const element of elements.value) all.push(element);
    }
    return printedValue({ ...envelope, [field]: all }, show);
  }

  return {
    add: (run) => (isKnown ? print(run.bytes, head) : waiting.add(run)),
    within(envelope) {
      if (!isListIn(envelope, field)) return whole(envelope);
      for (const run of waiting.take()) {
        const failure = print(run, envelope);
        if (failure !== undefined) return failure;
      }
      const shown = shownWith(envelope);
      if (shown.kind === 'unreadable') return shown;
      const around = printAround(shown.value, field);
      if (around.kind === 'unreadable') return around;
      const [before, behind] = around.value;
      if (!blocks.append(behind)) return { kind: 'noRoom' };
      hold(0);
      return { kind: 'masked', chunks: [encoder.encode(before), ...blocks.take()], count };
    },
  };
}

/** What the wall is told beside the elements. */
const kindOf = (body: Body): Body =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name === 'kind' || name === 'apiVersion'));

interface Shown {
  readonly kind: 'shown';
  readonly value: Body;
  readonly list: readonly unknown[];
}
