// What an answer is read through on its way to the agent: of a parsed body, and of a parsed watch event, what may be shown.
// Several walls stand one behind the other; what one leaves out the next never sees.
import type { Hold } from './growing-bytes.ts';
import type { Masker } from './masker.ts';
import { asIs, isObject, type Show } from './shape.ts';

export interface Wall {
  /** Shows each element of a list (`isListIn`) by itself, by the `kind` and `apiVersion` of the list and nothing else of it. */
  readonly body: Show;
  /** Left out (`leftOut`), the event does not reach the agent. */
  readonly event: Show;
  /**
   * What becomes of the texts directly below `data` in each element of a list, that of the key `release` aside: `hidden`, nothing
   * shown depends on them; `carried`, they are shown as they are and nothing else depends on them; undefined: anything.
   */
  readonly values?: 'hidden' | 'carried';
  /** Whether a `Warning` header of the answer is shown; undefined: any is. */
  readonly warning?: (header: string) => boolean;
  /** Shows an answer in plain text, where this wall stands alone; undefined: it is unreadable. */
  readonly text?: (hold: Hold) => Masker;
}

/** Where the elements of a list stand, and those of a Table. */
export type ListField = 'items' | 'rows';

/** Whether an array in that field of a body is a list of objects, and not part of one, which has a uid. */
export function isListIn({ kind, metadata }: Readonly<Record<string, unknown>>, field: ListField): boolean {
  return (kind === 'Table') === (field === 'rows') && !(isObject(metadata) && 'uid' in metadata);
}

/** What is not, such as a Status, may be shown as it is. */
export const isKindOfList = (kind: unknown): boolean =>
  typeof kind === 'string' && /(?:List|Table)$/.test(kind);

/** One wall out of several: each is given what the one before it shows. */
export function behind(...walls: readonly Wall[]): Wall {
  const [only] = walls;
  if (only !== undefined && walls.length === 1) return only;
  const passes = walls.flatMap(({ warning }) => warning ?? []);
  const values = walls.map((wall) => wall.values).find((it) => it !== 'carried');
  return {
    ...(values && { values }),
    body: inTurn(walls.map(({ body }) => body)),
    event: inTurn(walls.map(({ event }) => event)),
    warning: (header) => passes.every((pass) => pass(header)),
  };
}

function inTurn(shows: readonly Show[]): Show {
  return (value) => {
    let shown = asIs(value);
    let count = 0;
    for (const show of shows) {
      if (shown.kind === 'unreadable' || shown.value === undefined) break;
      shown = show(shown.value);
      if (shown.kind === 'masked') count += shown.count;
    }
    return shown.kind === 'unreadable' ? shown : { ...shown, count };
  };
}
