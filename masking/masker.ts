// A response on its way through a wall: bytes in as they come, what may be shown out as soon as it may.
// What is sent is printed from what was read. After the first failure nothing comes out any more.
import { type Appended, createGrowingBytes, type GrowingBytes, type Hold } from './growing-bytes.ts';
import { printJson, readJsonBytes } from './json.ts';
import { type Show, type Unreadable, unreadable } from './shape.ts';
import type { Wall } from './wall.ts';

/** Bytes that may go to the agent now, and how many values were hidden in them. */
export interface MaskedBytes {
  readonly kind: 'masked';
  readonly chunks: readonly Uint8Array[];
  readonly count: number;
}

/** There is no room for more of it while others are read. */
export interface NoRoom {
  readonly kind: 'noRoom';
}

export type Failure = Unreadable | NoRoom;

/**
 * One response's masker. `end` is called once, after the last `write`. A Failure is final: a body has shown nothing
 * yet (answer 502 or 429), a watch nothing of the event that failed (end the stream).
 */
export interface Masker {
  write(chunk: Uint8Array): MaskedBytes | Failure;
  end(): MaskedBytes | Failure;
}

export interface MaskerOptions extends Wall {
  /** An answer 200 to the verb watch: JSON events, one a line. Any other answer is one JSON body. */
  readonly watch: boolean;
  /** Asked before more is kept; what is given out is held no more. */
  readonly hold: Hold;
}

// Five pages of kubectl (500 Secrets each) at 6 kB a Secret. Read and printed again, one at a time, it takes some 50 MiB more
// as Pods or Secrets are; of many small values it can take more than the sidecar's heap (sidecar/README.md, Limits).
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

// etcd stores 1.5 MiB an object as protobuf; base64 in JSON adds a third, and a Table repeats only the metadata.
export const MAX_EVENT_BYTES = 4 * 1024 * 1024;

/** A masker of identity-encoded (never compressed) UTF-8 JSON. */
export function createMasker({ watch, hold, body, event }: MaskerOptions): Masker {
  return watch
    ? watchMasker(event, createGrowingBytes(MAX_EVENT_BYTES, hold))
    : bodyMasker(body, createGrowingBytes(MAX_BODY_BYTES, hold));
}

function bodyMasker(show: Show, received: GrowingBytes): Masker {
  let failed: Failure | undefined;
  return {
    write(chunk) {
      failed ??= failureOf(received.append(chunk), `the body is larger than ${MAX_BODY_BYTES} bytes`);
      return failed ?? NOTHING;
    },
    end() {
      if (failed !== undefined) return failed;
      // The answer to HEAD.
      if (received.length === 0) return NOTHING;
      return printed(received.take(), show, '');
    },
  };
}

const NEWLINE = 0x0a;

function watchMasker(show: Show, line: GrowingBytes): Masker {
  let failed: Failure | undefined;

  const append = (piece: Uint8Array): Failure | undefined =>
    failureOf(line.append(piece), `an event is larger than ${MAX_EVENT_BYTES} bytes`);

  function events(chunk: Uint8Array): MaskedBytes | Failure {
    const chunks: Uint8Array[] = [];
    let count = 0;
    let rest = chunk;
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      const shown = append(rest.subarray(0, at)) ?? printed(line.take(), show, '\n');
      if (shown.kind !== 'masked') return shown;
      chunks.push(...shown.chunks);
      count += shown.count;
      rest = rest.subarray(at + 1);
    }
    return append(rest) ?? { kind: 'masked', chunks, count };
  }

  function remember(outcome: MaskedBytes | Failure): MaskedBytes | Failure {
    if (outcome.kind !== 'masked') failed = outcome;
    return outcome;
  }

  return {
    write: (chunk) => failed ?? remember(events(chunk)),
    // The API server ends each event with a newline: without one the last event was cut.
    end: () => failed ?? (line.length === 0 ? NOTHING : unreadable('the watch ended within an event')),
  };
}

function failureOf(appended: Appended, tooLarge: string): Failure | undefined {
  if (appended === 'kept') return undefined;
  return appended === 'noRoom' ? { kind: 'noRoom' } : unreadable(tooLarge);
}

const NOTHING: MaskedBytes = { kind: 'masked', chunks: [], count: 0 };

const encoder = new TextEncoder();

function printed(bytes: Uint8Array, show: Show, ending: string): MaskedBytes | Unreadable {
  const read = readJsonBytes(bytes);
  if (read.kind === 'unreadable') return read;
  const shown = show(read.value);
  if (shown.kind === 'unreadable') return shown;
  if (shown.value === undefined) return NOTHING;
  const text = printJson(shown.value);
  if (text.kind === 'unreadable') return text;
  return { kind: 'masked', chunks: [encoder.encode(text.value + ending)], count: shown.count };
}
