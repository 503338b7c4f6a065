import { expect, test } from 'vitest';
import type { KeptLine, RecordingMessage } from '../../wire/recordings.ts';
import { createLane } from './lane.ts';
import type { Part, Refused } from './store.ts';

const id = '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10';
const other = id.replace('6', '7');
const open = (named = id): RecordingMessage => ({
  kind: 'open',
  id,
  header: {
    version: 2,
    width: 80,
    height: 24,
    timestamp: 0,
    title: '',
    chaperone: { id: named, namespace: 'shop', pod: 'web', stream: { kind: 'portforward', ports: [] } },
  },
});
const chunk = (seq: number): RecordingMessage => ({ kind: 'chunk', id, seq, events: [[0, 'o', 'x']] });
const close = (seq: number): RecordingMessage => ({ kind: 'close', id, seq });

/** What one connection says of a recording, and what comes of it; `full`: the store takes so many lines. */
async function said(messages: readonly RecordingMessage[], full = Number.POSITIVE_INFINITY, begin?: Refused) {
  const kept: string[] = [];
  let closes = 0;
  const part: Part = {
    async append(line: KeptLine) {
      await Promise.resolve();
      if (kept.length >= full) return 'Full';
      kept.push(line.kind === 'part' ? 'part' : `${line.kind} ${line.seq}`);
      return undefined;
    },
    close() {
      closes += 1;
    },
  };
  const lane = createLane(id, async () => begin ?? part);
  const answers = await Promise.all(messages.map((message) => lane.take(message)));
  const words = answers.map((answer) => (answer.kind === 'kept' ? answer.seq : answer.why));
  return { kept, words, isOver: lane.isOver, closes };
}

test('keeps what follows, number after number, to its end', async () => {
  expect(await said([open(), chunk(1), chunk(2), close(3)])).toEqual({
    kept: ['chunk 1', 'chunk 2', 'close 3'],
    words: [0, 1, 2, 3],
    isOver: true,
    closes: 1,
  });
});

test('begins where another connection has stopped', async () => {
  expect(await said([open(), chunk(7), chunk(8)])).toMatchObject({
    kept: ['chunk 7', 'chunk 8'],
    words: [0, 7, 8],
  });
});

test.each([
  ['what was never opened', [chunk(1)], []],
  ['an end of what was never opened', [close(1)], []],
  ['a second beginning', [open(), open()], []],
  ['a header of another', [open(other)], []],
  ['what comes again', [open(), chunk(1), chunk(1)], ['chunk 1']],
  ['what leaves one out', [open(), chunk(1), chunk(3)], ['chunk 1']],
  ['what comes after the end', [open(), close(1), chunk(2)], ['close 1']],
])('refuses %s, and everything after it', async (_, messages, kept) => {
  const after = await said([...messages, chunk(9)]);
  expect(after.kept).toEqual(kept);
  expect(after.words.slice(messages.length - 1)).toEqual(['OutOfTurn', 'OutOfTurn']);
  expect(after.isOver).toBe(true);
});

test('says what the store says, and keeps nothing after it', async () => {
  expect(await said([open(), chunk(1), chunk(2), chunk(3)], 1)).toMatchObject({
    kept: ['chunk 1'],
    words: [0, 1, 'Full', 'OutOfTurn'],
    isOver: true,
  });
  expect(await said([open()], 0, 'TooMany')).toMatchObject({ words: ['TooMany'], isOver: true });
});
