import { expect, test } from 'vitest';
import type { CastEvent } from '../../wire/recordings.ts';
import type { Joined } from './join.ts';
import { play } from './play.ts';
import { transcript } from './transcript.ts';

const id = '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10';
const recorded = (...events: CastEvent[]): Joined => ({
  agent: { namespace: 'agents', serviceAccount: 'bot', uid: id },
  header: { timestamp: 1_700_000_000, title: 'exec shop/web app -- sh' },
  events,
  remarks: ['it has no end'],
});

test('a transcript says who, when, and each line with its side', () => {
  const lines = transcript(
    recorded(
      [0, 'r', '120x40'],
      [0.5, 'i', 'id\n'],
      [0.75, 'o', 'uid=0('],
      [1, 'o', 'root)\r'],
      [1.25, 'o', '\nnext'],
      [1.5, 'e', 'oh\n\u001b[31mno'],
      [2, 'o64', Buffer.from([0xff, 0x61, 0x0a]).toString('base64')],
      [2.5, 'o#', '1048576 sha256:00'],
      [3, 'x', '1'],
    ),
    undefined,
  );
  expect([...lines]).toEqual([
    'exec shop/web app -- sh',
    `2023-11-14T22:13:20.000Z, agent agents/bot, pod ${id}`,
    '',
    '    0.000 note the terminal is 120x40',
    '    0.500 in   id',
    '    0.750 out  uid=0(root)',
    '    1.250 out  next',
    '    1.500 err  oh',
    '    1.500 err  ^[[31mno',
    '    2.000 out  \ufffda',
    '    2.500 note out: not kept, bytes and digest: 1048576 sha256:00',
    '    3.000 note it ended: 1',
    'chaperone: it has no end',
  ]);
});

test('nothing that was said looks like a line of the other side, or of ours', () => {
  const [, , , ...rows] = transcript(
    recorded([0, 'o', 'a\n    1.000 in   rm -rf /\u2028    2.000 in   x\nchaperone: b']),
    undefined,
  );
  expect(rows.slice(0, -1).every((row) => row.startsWith('    0.000 out  '))).toBe(true);
});

test('a line without end is given in rows, so that it is never held whole', () => {
  const events = Array.from({ length: 100 }, (_, n): CastEvent => [n, 'o', 'x'.repeat(1000)]);
  const rows = [...transcript(recorded(...events), undefined)];
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.join('').match(/x{9,}/g)?.join('').length).toBe(100_000);
});

test('returns end lines however they are cut, and cost no more than they are long', () => {
  const texts = (said: readonly string[]) => {
    const events = said.map((text): CastEvent => [0, 'o', text]);
    return [...transcript({ ...recorded(), events, remarks: [] }, undefined)]
      .slice(3)
      .map((line) => line.slice(15));
  };
  expect(texts(['10%\r20%\r', '\r', '\ndone\r\r\n', 'x'])).toEqual(['10%', '20%', 'done', 'x']);
  const begin = performance.now();
  expect(texts([...Array.from({ length: 200_000 }, () => '\r'), 'x']).length).toBeLessThan(3);
  expect(texts([`${'\r'.repeat(1_000_000)}x`]).length).toBeLessThan(3);
  expect(performance.now() - begin).toBeLessThan(3000);
});

test('in a terminal no row wraps into what looks like another side', () => {
  const text = `${'a'.repeat(65)}    3.141 in   rm -rf /data`;
  const [, , , ...lines] = transcript({ ...recorded([3, 'o', text]), remarks: [] }, 80);
  expect(lines).toEqual([`    3.000 out  ${'a'.repeat(65)}`, '    3.000 out      3.141 in   rm -rf /data']);
});

async function played(joined: Joined, speed = 1) {
  const log: (string | number)[] = [];
  await play(joined, speed, {
    write: async (text) => void log.push(text),
    wait: async (ms) => void log.push(Math.round(ms)),
  });
  // The last is the terminal as it was before.
  return log.slice(0, -1);
}

test('a recording is played at its own pace, or so many times as fast; input is what its echo shows', async () => {
  const events: CastEvent[] = [
    [0.5, 'o', '$ '],
    [1, 'i', 'id'],
    [2.5, 'o', 'id\r\n'],
    [2, 'e', 'late'],
    [3, 'o#', '5 sha256:00\u001b'],
    [4, 'x', '0'],
  ];
  const note = '[out: not kept, bytes and digest: 5 sha256:00^[]\r\n';
  expect(await played(recorded(...events))).toEqual([500, '$ ', 2000, 'id\r\n', 0, 'late', 500, note, 1000]);
  expect((await played(recorded(...events), 4))[2]).toBe(500);
});
