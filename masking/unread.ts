// What has come of a JSON text and is read later, at once: bounded in bytes and in values, because what is read of a few bytes
// can be a hundred times as large.
import { createGrowingBytes, type Hold } from './growing-bytes.ts';
import type { Failure } from './masker.ts';
import { unreadable } from './shape.ts';

export interface Counted {
  readonly bytes: Uint8Array;
  /** How many values and keys begin in them. */
  readonly values: number;
}

export interface Unread {
  readonly length: number;
  /** How many values and keys begin in it. */
  readonly values: number;
  append(part: Counted): Failure | undefined;
  /** All bytes so far, good until the next call. */
  view(): Uint8Array;
  /** Begins anew, in what it holds. */
  clear(): void;
  /** All bytes so far, which are held no more; begins anew. */
  take(): Uint8Array;
}

/** Of a body that is no list, of one element of a list, and of what is kept of a list until its end. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

// etcd stores 1.5 MiB an object as protobuf; base64 in JSON adds a third, and a Table repeats only the metadata.
export const MAX_EVENT_BYTES = 4 * 1024 * 1024;

/** What etcd stores has fewer. */
export const MAX_VALUES = 250_000;

/** `what`: in the reason for which it is not kept. */
export function createUnread(what: string, limitBytes: number, hold: Hold): Unread {
  const bytes = createGrowingBytes(limitBytes, hold);
  let values = 0;
  return {
    get length() {
      return bytes.length;
    },
    get values() {
      return values;
    },
    append(part) {
      values += part.values;
      if (values > MAX_VALUES) return unreadable(`${what} has more than ${MAX_VALUES} values`);
      const appended = bytes.append(part.bytes);
      if (appended === 'kept') return undefined;
      return appended === 'noRoom'
        ? { kind: 'noRoom' }
        : unreadable(`${what} is larger than ${limitBytes} bytes`);
    },
    view: bytes.view,
    clear() {
      values = 0;
      bytes.clear();
    },
    take() {
      values = 0;
      return bytes.take();
    },
  };
}
