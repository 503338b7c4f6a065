// One JSON body on its way through a wall. Of a list run after run is read, shown and printed as it comes, and at its end what
// stands around it: it costs what is shown of it and no more. Nothing goes out before the end.
import { divided, type Hold } from './growing-bytes.ts';
import { readJsonBytes } from './json.ts';
import { type Cutting, createListCutter, type Part, RUN_BYTES } from './list-cutter.ts';
import type { Failure, Masker } from './masker.ts';
import { NOTHING, printed } from './printed.ts';
import { isObject, unreadable } from './shape.ts';
import { createShownList, type ShownList } from './shown-list.ts';
import { type Counted, createUnread, MAX_BODY_BYTES } from './unread.ts';
import { isKindOfList, isListIn, type ListField, type Wall } from './wall.ts';

/** The brackets of a run. */
const [BEGIN, END] = ['[', ']'].map((it) => ({ bytes: new TextEncoder().encode(it), values: 0 })) as [
  Counted,
  Counted,
];

/** `minRunBytes`: see list-cutter.ts. */
export function bodyMasker(wall: Pick<Wall, 'body' | 'values'>, hold: Hold, minRunBytes = RUN_BYTES): Masker {
  const show = wall.body;
  const share = divided(hold);
  const envelope = createUnread('the body', MAX_BODY_BYTES, share());
  const run = createUnread('an object of the body', MAX_BODY_BYTES, share());
  const cutter = createListCutter({ begins, take }, minRunBytes);
  let list: ShownList | undefined;
  let failed: Failure | undefined;

  /** Where what stands before does not say what it is, it may be one. */
  function begins(field: ListField): Cutting | undefined {
    const read = readJsonBytes(envelope.view(), ']}');
    const head = read.kind === 'json' && isObject(read.value) ? read.value : {};
    if (!isListIn(head, field) && 'kind' in head) return undefined;
    list = createShownList({ show, field, head, hold: share() });
    failed ??= run.append(BEGIN);
    return { skipsValues: wall.values === 'hidden' && isKindOfList(head.kind) };
  }

  function take(part: Part): void {
    failed ??= (part.of === 'list' ? run : envelope).append(part);
    if (part.isRun) failed ??= run.append(END) ?? list?.add({ bytes: run.view(), values: run.values });
    if (!part.isRun || failed !== undefined) return;
    run.clear();
    failed = run.append(BEGIN);
  }

  return {
    write(chunk) {
      cutter.cut(chunk);
      return failed ?? NOTHING;
    },
    end() {
      if (failed !== undefined) return failed;
      // The answer to HEAD.
      if (envelope.length === 0) return NOTHING;
      if (list === undefined) return printed(envelope.take(), show);
      run.take();
      const read = readJsonBytes(envelope.take());
      if (read.kind === 'unreadable') return read;
      const isOnce = isObject(read.value) && Object.keys(read.value).length === cutter.fields;
      return isOnce ? list.within(read.value) : unreadable('has a field twice');
    },
  };
}
