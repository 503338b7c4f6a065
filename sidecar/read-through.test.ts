import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createMasker } from '../masking/masker.ts';
import { asIs } from '../masking/shape.ts';
import { requestOf } from '../policy/fixtures.ts';
import type { AgentResponse } from './listener.ts';
import { readThrough } from './read-through.ts';
import { createRoom } from './room.ts';

const ROOM_BYTES = 1_000_000;

/** An answer on its way, and the agent's side of it, which takes nothing until it is read. */
function reading({ watch = false } = {}) {
  const answers = createRoom(ROOM_BYTES);
  const [answer, agent] = [new PassThrough(), new PassThrough()];
  const outcome = readThrough(answer as unknown as IncomingMessage, agent as unknown as AgentResponse, {
    masker: (hold) => createMasker({ watch, hold, body: asIs, event: asIs }),
    answers,
    request: requestOf('GET', '/api/v1/namespaces/shop/pods'),
    onFirst: () => {},
    onHidden: () => {},
  });
  const freeBytes = () => {
    const hold = answers();
    let free = ROOM_BYTES;
    while (!hold(free)) free -= 1000;
    hold(0);
    return free;
  };
  return { answers, answer, agent, outcome, freeBytes };
}
const textOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

describe('an answer that is read on its way', () => {
  test('holds what has come of it, and then what the agent has not taken', async () => {
    const { answer, agent, outcome, freeBytes } = reading();
    const text = textOf(300_000);
    answer.write(text.slice(0, -1));
    await expect.poll(freeBytes).toBeLessThanOrEqual(ROOM_BYTES - 300_000 + 1000);
    answer.end(text.slice(-1));
    await expect.poll(freeBytes).toBe(ROOM_BYTES - 300_000);
    expect(agent.readableLength).toBe(300_000);
    agent.resume();
    expect(await outcome).toBeUndefined();
    expect(freeBytes()).toBe(ROOM_BYTES);
  });

  test('is refused where there is no room, and holds none of it then', async () => {
    const { answers, answer, outcome, freeBytes } = reading();
    const hold = answers();
    hold(800_000);
    answer.write(textOf(300_000).slice(0, -1));
    expect(await outcome).toMatchObject({ code: 'Busy', httpStatus: 429, retryAfterSeconds: 1 });
    expect(freeBytes()).toBe(200_000);
  });

  test('holds nothing of a watch between two events that were taken', async () => {
    const { answer, agent, freeBytes } = reading({ watch: true });
    agent.resume();
    for (let i = 0; i < 3; i += 1) {
      answer.write(`${textOf(300_000)}\n`);
      await expect.poll(freeBytes).toBe(ROOM_BYTES);
    }
    answer.write(textOf(100_000));
    await expect.poll(freeBytes).toBeLessThanOrEqual(ROOM_BYTES - 100_000);
  });

  test('holds nothing any more when it breaks off', async () => {
    const { answer, outcome, freeBytes } = reading();
    answer.write(textOf(300_000));
    await expect.poll(freeBytes).toBeLessThan(ROOM_BYTES);
    answer.destroy(new Error('reset'));
    await expect(outcome).rejects.toThrow('reset');
    expect(freeBytes()).toBe(ROOM_BYTES);
  });
});
