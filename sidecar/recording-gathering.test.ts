import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Cast, createCast } from '../streams/recording/cast.ts';
import type { RecordingEvent } from '../streams/recording/recorded.ts';
import { SHELL } from '../streams/recording/test-streams.ts';
import { MAX_CHUNK_BYTES } from '../wire/recordings.ts';
import { KEPT_WITHIN_MS, MAX_HELD_BYTES } from './recording.ts';
import { LINE_COST } from './recording-chunks.ts';
import { createRecording } from './recording-gathering.ts';
import type { Place } from './recording-place.ts';
import { createHeldBytes } from './recording-room.ts';
import { spelling } from './recording-spelling.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A line an event. */
const plain: Cast = {
  header: '{}',
  write: (event, atMs) => [`${atMs} ${event.kind === 'exit' ? event.status : ''}`],
  due: () => [],
  dueAtMs: Number.POSITIVE_INFINITY,
  held: 0,
  isFull: false,
  end: () => ['end'],
};
const header = { id: '', startedAtMs: 0, namespace: 'shop', pod: 'web-0' };
const typed = (text: string): RecordingEvent => ({
  kind: 'data',
  channel: 'stdin',
  bytes: Buffer.from(text),
});
const says = (status: string): RecordingEvent => ({ kind: 'exit', status });

function stage(cast = plain) {
  const losing = new AbortController();
  const kept: (readonly string[])[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const calls: string[] = [];
  const promise = () => new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
  const place: Place = {
    lost: losing.signal,
    begin: promise,
    keep(lines) {
      kept.push(lines);
      return promise();
    },
    end() {
      calls.push('end');
      return promise();
    },
    abandon: () => void calls.push('abandon'),
  };
  const failures: string[] = [];
  let nowMs = 1000;
  const recording = createRecording({ cast, place, room: createHeldBytes(), now: () => nowMs }, (why) =>
    failures.push(why),
  );
  return {
    recording,
    kept,
    calls,
    failures,
    losing,
    at(ms: number) {
      nowMs = 1000 + ms;
    },
    /** Answers what is on its way. */
    async answer(error?: Error) {
      const { resolve, reject } = waiting.shift() ?? expect.fail('nothing is on its way');
      if (error === undefined) resolve();
      else reject(error);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

describe('a recording on its way', () => {
  test('has one chunk under way; what is said meanwhile is the next, in its order, each with its moment', async () => {
    const { recording, kept, answer, at } = stage();
    recording.write(says('a'));
    at(250);
    recording.write(says('b'));
    recording.write(says('c'));
    expect(kept).toEqual([['0 a']]);
    await answer();
    expect(kept).toEqual([['0 a'], ['250 b', '250 c']]);
    await answer();
    recording.write(says('d'));
    expect(kept[2]).toEqual(['250 d']);
  });

  test('is cut into chunks that the controller takes', async () => {
    const { recording, kept, answer } = stage();
    for (let n = 0; n < 6; n += 1) recording.write(says('x'.repeat(MAX_CHUNK_BYTES / 3)));
    for (let n = 0; n < 5000; n += 1) recording.write(says(''));
    for (let n = 0; n < 4; n += 1) await answer();
    expect(kept.map((lines) => lines.length)).toEqual([1, 2, 2, 1 + 4095, 905]);
  });

  test('says how much of it is not kept, and when there is room again', async () => {
    const { recording, answer } = stage();
    recording.write(says('x'));
    expect(recording.held).toBe(4 + LINE_COST);
    await answer();
    expect(recording.held).toBe(0);
    recording.write(says('x'));
    recording.write(says('x'.repeat(MAX_HELD_BYTES)));
    let isDrained = false;
    void recording.drained().then(() => {
      isDrained = true;
    });
    await answer();
    expect(isDrained).toBe(false);
    await answer();
    expect([isDrained, recording.held]).toEqual([true, 0]);
  });

  test('counts what each line takes, so that keystrokes cannot hold more than they say', () => {
    const { recording } = stage();
    for (let n = 0; n < 3000; n += 1) recording.write(says('x'));
    expect(recording.held).toBeGreaterThan(MAX_HELD_BYTES);
  });

  test('counts what is only joined yet, and tells it on its own clock', async () => {
    const { recording, kept, at, answer } = stage(
      createCast({ ...header, stream: { ...SHELL, tty: true } }, spelling),
    );
    for (const text of ['i', 'd', '\n']) recording.write(typed(text));
    expect([recording.held, kept]).toEqual([3, []]);
    at(10);
    await vi.advanceTimersByTimeAsync(10);
    expect(kept).toEqual([['[0,"i","id\\n"]']]);
    await answer();
    expect(recording.held).toBe(0);
  });

  test('tells digests each second, while a channel says little', async () => {
    const { recording, kept, at, answer } = stage(createCast({ ...header, stream: SHELL }, spelling));
    for (let n = 0; n < 64; n += 1) recording.write(typed('x'.repeat(32 * 1024)));
    for (let n = 0; n < 20; n += 1) await answer().catch(() => {});
    const before = kept.flat().length;
    recording.write(typed('rm -rf /data\n'));
    at(1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(kept.flat().slice(before)).toEqual([expect.stringContaining('"i#"')]);
  });

  test('ends with what was waiting, then its end, once; and takes nothing more', async () => {
    const { recording, kept, calls, answer } = stage();
    recording.write(says('a'));
    const closed = recording.close();
    recording.write(says('late'));
    expect(recording.close()).toBe(closed);
    await answer();
    await answer();
    expect([kept, calls]).toEqual([[['0 a'], ['end']], ['end']]);
    await answer();
    await closed;
    expect(calls).toEqual(['end', 'abandon']);
    expect(recording.failed.aborted).toBe(false);
  });
});

describe('a recording that cannot be kept', () => {
  test('has failed once it is full, but not within what is being said, which it keeps', async () => {
    let isFull = false;
    const { recording, kept, calls, failures, answer } = stage({
      ...plain,
      get isFull() {
        return isFull;
      },
    });
    recording.write(says('a'));
    isFull = true;
    recording.write(says('b'));
    recording.write(says('c'));
    expect(recording.failed.aborted).toBe(false);
    await Promise.resolve();
    expect([recording.failed.aborted, failures]).toEqual([true, ['it is full']]);
    recording.write(says('late'));
    const closed = recording.close();
    await answer();
    await answer();
    await answer();
    await closed;
    expect([kept, calls]).toEqual([
      [['0 a'], ['0 b', '0 c', 'end']],
      ['end', 'abandon'],
    ]);
  });

  test.each([
    [true, ['it is full']],
    [false, []],
  ])('has failed once more was typed than it has room for, with a terminal: %s', async (tty, failed) => {
    const { recording, failures, answer } = stage(
      createCast({ ...header, stream: { ...SHELL, tty } }, spelling),
    );
    for (let n = 0; n < 65; n += 1) recording.write(typed('\u001b'.repeat(64 * 1024)));
    await Promise.resolve();
    expect([failures, recording.failed.aborted]).toEqual([failed, tty]);
    const closed = recording.close();
    for (let n = 0; n < 1000; n += 1) await answer().catch(() => {});
    await closed;
  });

  test('has failed when it is refused: nothing more is sent, nobody waits', async () => {
    const { recording, kept, calls, failures, answer } = stage();
    recording.write(says('a'));
    recording.write(says('x'.repeat(MAX_HELD_BYTES)));
    const drained = recording.drained();
    await answer(new Error('the store is full'));
    await drained;
    recording.write(says('b'));
    await recording.close();
    expect([recording.failed.aborted, recording.held]).toEqual([true, 0]);
    expect([kept.length, calls, failures]).toEqual([1, ['abandon'], ['the store is full']]);
  });

  test('has failed when no acknowledgement comes in time', async () => {
    const { recording, failures } = stage();
    recording.write(says('a'));
    await vi.advanceTimersByTimeAsync(KEPT_WITHIN_MS - 1);
    expect(recording.failed.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(recording.failed.aborted).toBe(true);
    expect(failures).toEqual(['it was not kept within 10 s']);
  });

  test('has failed when its place is lost, also while nothing is said', () => {
    const { recording, losing, failures } = stage();
    losing.abort(new Error('another has it'));
    expect(recording.failed.aborted).toBe(true);
    expect(failures).toEqual(['another has it']);
  });

  test('has failed when its end is not kept', async () => {
    const { recording, answer } = stage();
    const closed = recording.close();
    await answer();
    await answer(new Error('gone'));
    await closed;
    expect(recording.failed.aborted).toBe(true);
  });
});
