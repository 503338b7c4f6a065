// A watch that has nothing to say is no idle connection: it stays open for longer than any server's or client's usual idle
// timeout, and its next event comes as soon as it happens.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { PROTOCOLS } from '../adversarial/agent.ts';
import { govern } from '../adversarial/governed.ts';
import { widely } from '../adversarial/widely.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create } from '../cluster/pods.ts';

/** Of node:http, node:http2, node:tls and http2-proxy none that may be set by default is longer. */
const SILENCE_MS = 125_000;
const PROMPTLY_MS = 5_000;

const cluster = await suiteCluster();
const governed = await govern(cluster, 'silent');
afterAll(() => governed[Symbol.asyncDispose]());
const { agent, namespace } = governed;
const maps = `/api/v1/namespaces/${namespace}/configmaps`;
governed.entitle({ rules: widely(namespace), leaseMs: 2 * SILENCE_MS });

test('a watch that says nothing for two minutes stays open, and still gets the next event', async () => {
  const { metadata } = (await agent.call('h2', { path: maps })).json();
  const path = `${maps}?watch=1&resourceVersion=${metadata.resourceVersion}&fieldSelector=metadata.name%3Dlate`;
  const watches = await Promise.all(PROTOCOLS.map((protocol) => agent.stream(protocol, { path })));
  let ended = 0;
  for (const { end } of watches) void end.then(() => (ended += 1));
  await delay(SILENCE_MS);
  expect(watches.map(({ status, text }) => [status, text()])).toEqual(PROTOCOLS.map(() => [200, '']));
  expect(ended).toBe(0);
  const happenedMs = performance.now();
  await create(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace } });
  for (const watch of watches) expect(await watch.until(/\n/)).toMatch(/^\{"type":"ADDED".*"name":"late"/);
  expect(performance.now() - happenedMs).toBeLessThan(PROMPTLY_MS);
  for (const watch of watches) watch.abort();
}, 180_000);
