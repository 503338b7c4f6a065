// One recording on its way to its place: what is written while a chunk is on its way gathers for the next, so that there is one
// at a time and their order is theirs. What is not acknowledged in time, or refused, fails the recording for good; one that is
// full fails too, but what was said of it until then is kept.
import type { Cast } from '../streams/recording/cast.ts';
import { KEPT_WITHIN_MS, MAX_HELD_BYTES, type Recording } from './recording.ts';
import { createChunks } from './recording-chunks.ts';
import type { Place } from './recording-place.ts';
import type { HeldBytes } from './recording-room.ts';

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
  const elapsed = () => now() - startedMs;
  const failing = new AbortController();
  const share = room.share();
  const chunks = createChunks(share);
  /** Of `share`, what the cast holds itself. */
  let inCast = 0;
  let due: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let isKept = false;
  let isLost = false;

  function fail(error: unknown): void {
    if (isKept || isLost) return;
    isLost = true;
    clearTimeout(due);
    chunks.clear();
    share.giveBack();
    place.abandon();
    onFailure((error as Error).message);
    failing.abort();
  }

  async function send(): Promise<void> {
    try {
      for (let chunk = chunks.next(); chunk !== undefined; chunk = chunks.next()) {
        await inTime(place.keep(chunk.lines));
        share.release(chunk.cost);
      }
    } catch (error) {
      fail(error);
    }
    sending = undefined;
  }

  function add(lines: readonly string[]): void {
    if (isLost) return;
    chunks.add(lines);
    const before = inCast;
    inCast = cast.held;
    if (inCast < before) share.release(before - inCast);
    else share.hold(inCast - before);
    if (lines.length > 0) sending ??= send();
  }

  /** What the cast joins is never held for long. */
  function wait(): void {
    if (due !== undefined || closing !== undefined || isLost || cast.dueAtMs === Number.POSITIVE_INFINITY)
      return;
    due = setTimeout(
      () => {
        due = undefined;
        add(cast.due(elapsed()));
        wait();
      },
      Math.max(cast.dueAtMs - elapsed(), 1),
    );
  }

  /** After all that is being said at this moment, which is kept: whoever hears of it may cut the stream. */
  function fill(): void {
    if (closing !== undefined || isLost) return;
    closing = close();
    onFailure('it is full');
    failing.abort();
  }

  async function close(): Promise<void> {
    clearTimeout(due);
    add(cast.end(elapsed()));
    await sending;
    if (isLost) return;
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
      if (closing !== undefined || isLost) return;
      add(cast.write(event, elapsed()));
      wait();
      if (cast.isFull) queueMicrotask(fill);
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
