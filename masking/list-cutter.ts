// Cuts a body of JSON, as it comes, into its list (top-level `items` or `rows`), in runs of whole elements, and its envelope:
// all the rest, with nothing between the brackets. These are JSON if and only if the body is, but for a comma too many and for
// what stands in values that are skipped: those are cut out as if they were empty.
import { COLON, COMMA, createScan, LIST, LIST_END } from './scan.ts';
import { createValuePath, type ValuePath } from './value-path.ts';
import type { ListField } from './wall.ts';

export interface Part {
  readonly of: 'envelope' | 'list';
  readonly bytes: Uint8Array;
  /** How many values and keys begin in it. */
  readonly values: number;
  /** Of the list: what has come since the last such end is some elements and their commas, or none where it is empty. */
  readonly isRun: boolean;
}

export interface ListCutter {
  /** How many fields the envelope has, each as often as it stands there. */
  readonly fields: number;
  /** Gives out the parts of the next piece of the body, in order. */
  cut(piece: Uint8Array): void;
}

/** What is read at once: few calls for many small elements, and little memory. */
export const RUN_BYTES = 32 * 1024;

/** How a list is cut. */
export interface Cutting {
  /** Whether the values of its elements (value-path.ts) are skipped. */
  readonly skipsValues: boolean;
}

/** What becomes of the parts. */
export interface Cuts {
  /** Asked where an array begins in that field, when all before it has been taken; the first for which it says how is cut. */
  begins(field: ListField): Cutting | undefined;
  take(part: Part): void;
}

/** `minRunBytes`: of all runs but the last. */
export function createListCutter({ begins, take }: Cuts, minRunBytes: number): ListCutter {
  const scan = createScan();
  let [isOpen, wasOpen, isSkipping] = [false, false, false];
  let [fields, runBytes] = [0, 0];
  let values: ValuePath | undefined;
  // The last of the pieces before.
  let before = '';

  function keep(bytes: Uint8Array, isRun = false): void {
    runBytes = isRun || !isOpen ? 0 : runBytes + bytes.length;
    take({ of: isOpen ? 'list' : 'envelope', bytes, values: scan.takeValues(), isRun });
  }

  /** The quote that ends the value, or where the piece ends within it. */
  function skip(piece: Uint8Array, from: number): number {
    const end = scan.endOfText(piece, from);
    isSkipping = end === -1;
    return isSkipping ? piece.length : end;
  }

  /** Keeps what stands before a value, its quotes too, and skips the value; `value`: where it begins. */
  function keepUntil(piece: Uint8Array, from: number, value: number): number {
    keep(piece.subarray(from, value));
    return skip(piece, value);
  }

  return {
    get fields() {
      return fields;
    },
    cut(piece) {
      let from = 0;
      if (isSkipping) from = skip(piece, 0);
      else if (values?.awaits) {
        const value = values.valueIn(piece, 0);
        if (value !== -1) from = keepUntil(piece, 0, value);
      }
      const next = (at: number) => scan.next(piece, Math.max(at, from), values?.depth ?? 2);
      for (let at = next(0); at !== -1; at = next(at + 1)) {
        const [mark, { depth }] = [piece[at], scan];
        if (isOpen) {
          if (values?.leadsToValue(piece, at, depth)) {
            const value = values.valueIn(piece, at + 1);
            if (value !== -1) from = keepUntil(piece, from, value);
            continue;
          }
          const isEnd = mark === LIST_END && depth === 1;
          const isCut = mark === COMMA && depth === 2 && runBytes + at - from >= minRunBytes;
          if (!isEnd && !isCut) continue;
          keep(piece.subarray(from, at), true);
          from = isEnd ? at : at + 1;
          isOpen = !isEnd;
          if (isEnd) values = undefined;
        } else if (mark === COLON && depth === 1) {
          fields++;
        } else if (mark === LIST && depth === 2 && !wasOpen) {
          const field = fieldAtEnd(lastOf(before, piece, at));
          if (field === undefined) continue;
          keep(piece.subarray(from, at + 1));
          from = at + 1;
          const cutting = begins(field);
          isOpen = wasOpen = cutting !== undefined;
          values = cutting?.skipsValues ? createValuePath(field) : undefined;
        }
      }
      keep(piece.subarray(from));
      if (!wasOpen) before = lastOf(before, piece, piece.length);
      values?.endPiece(piece);
    },
  };
}

const LOOK_BACK = 32;

function lastOf(before: string, piece: Uint8Array, until: number): string {
  const last = piece.subarray(Math.max(0, until - LOOK_BACK), until);
  return (before + String.fromCharCode(...last)).slice(-LOOK_BACK);
}

/** As the API server prints it; of a field that is spelled otherwise the list is in the envelope. */
function fieldAtEnd(text: string): ListField | undefined {
  return /[{,]\s*"(items|rows)"\s*:\s*$/.exec(text)?.[1] as ListField | undefined;
}
