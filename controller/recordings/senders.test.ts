import { expect, test } from 'vitest';
import { createSenders } from './senders.ts';

const agentOf = (serviceAccount: string, uid: string) => ({ namespace: 'agents', serviceAccount, uid });

function stream() {
  let closes = 0;
  return {
    close() {
      closes += 1;
    },
    closes: () => closes,
  };
}

test('of all that may send the pods of one ServiceAccount are a part, however many there are', () => {
  const senders = createSenders(8);
  expect(['1', '2', '3'].map((uid) => senders.begin(agentOf('many', uid), stream()))).toEqual([
    true,
    true,
    false,
  ]);
  for (const [at, name] of ['a', 'a', 'b', 'b', 'c', 'c'].entries())
    expect(senders.begin(agentOf(name, `${name}${at}`), stream())).toBe(true);
  expect(senders.begin(agentOf('d', 'd'), stream())).toBe(false);
});

test('who comes again takes its own place, which is free once its last stream has ended', () => {
  const senders = createSenders(4);
  const [before, after] = [stream(), stream()];
  const agent = agentOf('bot', '1');
  expect([senders.begin(agent, before), senders.begin(agent, after)]).toEqual([true, true]);
  expect([before.closes(), after.closes()]).toEqual([1, 0]);
  senders.end(agent, before);
  expect(senders.begin(agentOf('bot', '2'), stream())).toBe(false);
  senders.end(agent, after);
  senders.end(agent, after);
  expect(senders.begin(agentOf('bot', '2'), stream())).toBe(true);
  expect(senders.begin(agentOf('bot', '3'), stream())).toBe(false);
});
