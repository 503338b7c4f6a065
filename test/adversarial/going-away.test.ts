// An agent that goes away, early or in numbers: every account is closed, and what it held is free again.
import { afterAll, expect, test } from 'vitest';
import { MAX_OPEN_CALLS } from '../../sidecar/upstream.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { waitFor } from '../cluster/wait.ts';
import { govern } from './governed.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'away');
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

const path = `/api/v1/namespaces/${namespace}/configmaps`;
const head = (method: string, target: string, ...more: string[]) =>
  `${[`${method} ${target} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${agent.token}`, ...more].join('\r\n')}\r\n\r\n`;

/** Writes all of it and is gone before an answer can come. */
async function shoot(bytes: string): Promise<void> {
  const socket = await agent.connect();
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.write(bytes, () => socket.destroy());
  });
}

test('a write whose agent has gone at once closes its account', async () => {
  const SHOTS = 40;
  for (let shot = 0; shot < SHOTS; shot += 1) {
    const body = JSON.stringify({ metadata: { name: `shot-${shot}` } });
    await shoot(
      head('POST', path, 'Content-Type: application/json', `Content-Length: ${body.length}`) + body,
    );
  }
  // A call on the same loop comes after them all.
  expect((await agent.call('h1', { path })).status).toBe(200);
  const decided = () => governed.records.filter(({ verb }) => verb === 'create').length;
  const closed = () => governed.ended.filter(({ verb }) => verb === 'create').length;
  expect(decided()).toBeGreaterThan(SHOTS / 2);
  await waitFor({
    what: 'every account to be closed',
    timeoutMs: 10_000,
    probe: () => closed() === decided() || undefined,
    evidence: () => `${decided()} records, ${closed()} closed`,
  });
});

test('more calls at once than there is room for are told so, and those that end make room', async () => {
  await using crowded = await govern(cluster, 'crowded');
  const watch = `/api/v1/namespaces/${crowded.namespace}/configmaps?watch=1`;
  const one = `GET ${watch} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${crowded.agent.token}\r\n\r\n`;
  const socket = await crowded.agent.connect();
  socket.write(one.repeat(MAX_OPEN_CALLS + 20));
  const refused = () => crowded.ended.filter(({ refusal }) => refusal === 'Busy').length;
  await waitFor({
    what: 'the first that is too many',
    timeoutMs: 30_000,
    probe: () => refused() >= 20 || undefined,
  });
  expect(refused()).toBe(20);
  socket.destroy();
  const path = `/api/v1/namespaces/${crowded.namespace}/configmaps`;
  await waitFor({
    what: 'room for another call',
    timeoutMs: 15_000,
    probe: async () => (await crowded.agent.call('h1', { path })).status === 200 || undefined,
  });
}, 90_000);
