// One recording on its way to its place: what is written while a chunk is on its way gathers for the next, so that there is one
// at a time and their order is theirs. What is not acknowledged in time, or refused, fails the recording for good.
import type { Cast } from '../streams/recording/cast.ts';
import { MAX_CHUNK_BYTES } from '../wire/recordings.ts';
import { KEPT_WITHIN_MS, MAX_HELD_BYTES, type Recording } from './recording.ts';
import type { Place } from './recording-place.ts';
import type { HeldBytes } from './recording-room.ts';

/** Lines in a chunk (wire/recordings.ts). */
const MAX_LINES = 4096;

export interface Gathering {
  readonly cast: Cast;
  /** It has begun. */
  readonly place: Place;
  readonly room: HeldBytes;
  /** Monotonic ms. */
  readonly now: () => number;
}

export function createRecording(
  { cast, place, room, now }: Gathering,
  onFailure: (why: string) => void,
): Recording {
  const startedMs = now();
  const failing = new AbortController();
  const waiting: { readonly line: string; readonly bytes: number }[] = [];
  const share = room.share();
  let sending: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let isKept = false;

  function fail(error: unknown): void {
    if (isKept || failing.signal.aborted) return;
    waiting.length = 0;
    share.giveBack();
    place.abandon();
    onFailure((error as Error).message);
    failing.abort();
  }

  function nextChunk(): { lines: string[]; bytes: number } {
    const lines: string[] = [];
    let bytes = 0;
    for (const next of waiting) {
      if (lines.length > 0 && (bytes + next.bytes > MAX_CHUNK_BYTES || lines.length === MAX_LINES)) break;
      lines.push(next.line);
      bytes += next.bytes;
    }
    waiting.splice(0, lines.length);
    return { lines, bytes };
  }

  async function send(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const { lines, bytes } = nextChunk();
        await inTime(place.keep(lines));
        share.release(bytes);
      }
    } catch (error) {
      fail(error);
    }
    sending = undefined;
  }

  function add(lines: readonly string[]): void {
    if (failing.signal.aborted || lines.length === 0) return;
    for (const line of lines) {
      const bytes = Buffer.byteLength(line) + 1;
      waiting.push({ line, bytes });
      share.hold(bytes);
    }
    sending ??= send();
  }

  async function close(): Promise<void> {
    add(cast.end(now() - startedMs));
    await sending;
    if (failing.signal.aborted) return;
    await inTime(place.end()).then(() => {
      isKept = true;
      place.abandon();
    }, fail);
  }

  const lose = (): void => fail(place.lost.reason);
  if (place.lost.aborted) lose();
  else place.lost.addEventListener('abort', lose, { once: true });
  return {
    failed: failing.signal,
    get held() {
      return share.held();
    },
    drained: () => share.below(MAX_HELD_BYTES),
    write(event) {
      if (closing === undefined) add(cast.write(event, now() - startedMs));
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Rejects where it does not come in time. */
export function inTime(kept: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`it was not kept within ${KEPT_WITHIN_MS / 1000} s`)),
      KEPT_WITHIN_MS,
    );
    kept.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
