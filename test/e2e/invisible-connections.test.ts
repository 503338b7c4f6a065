// Invisible where permitted, in how connections behave: an API server that sheds its own (`--goaway-chance`) and forgets its
// past quickly is as steady through chaperone as one that does neither.
import { afterAll, expect, test } from 'vitest';
import { PROTOCOLS } from '../adversarial/agent.ts';
import { create, ok } from '../cluster/pods.ts';
import { startCluster } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait.ts';
import { bothWays } from './invisible.ts';

const cluster = await startCluster({
  node: false,
  apiServer: {
    // The highest chance that it takes: one HTTP/2 call in fifty ends its connection.
    'goaway-chance': 0.02,
    // A continue expires with the past that etcd forgets, and is not answered from what the API server remembers.
    'etcd-compaction-interval': '1s',
    'feature-gates': 'ListFromCacheSnapshot=false',
  },
});
const ways = await bothWays(cluster, 'invisible-connections');
afterAll(async () => {
  await ways[Symbol.asyncDispose]();
  await cluster.stop();
});

const { namespace } = ways;
const maps = `/api/v1/namespaces/${namespace}/configmaps`;

/** Far more than the fifty after which a direct connection has ended, on the average. */
const CALLS = 400;
const AT_ONCE = 20;

test('a busy client is never told to go away, while a direct one is', async () => {
  const busy = async (way: typeof ways.direct) => {
    const session = way.session();
    let goaways = 0;
    session.on('goaway', () => {
      goaways += 1;
    });
    const statuses = new Set<unknown>();
    const one = () =>
      new Promise<void>((resolve) => {
        const stream = session.request({ ':path': maps, authorization: `Bearer ${way.token}` });
        stream.on('response', (head) => statuses.add(head[':status'])).resume();
        stream.on('error', (error) => statuses.add(error.message)).on('close', resolve);
      });
    let calls = 0;
    while (calls < CALLS && goaways === 0) {
      calls += AT_ONCE;
      await Promise.all(Array.from({ length: AT_ONCE }, one));
    }
    const open = !session.closed && !session.destroyed;
    session.close();
    return { calls, goaways, open, statuses: [...statuses] };
  };
  const watch = await ways.through.stream('h1', { path: `${maps}?watch=1` });
  await watch.until(/kube-root-ca/);
  expect((await busy(ways.direct)).goaways).toBeGreaterThan(0);
  expect(await busy(ways.through)).toEqual({
    calls: CALLS,
    goaways: 0,
    open: true,
    statuses: [200],
  });
  await create(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'after', namespace } });
  await watch.until(/"name":"after"/);
  watch.abort();
});

test('a continue that has expired is the 410 of the API server, with its way on', async () => {
  const { metadata } = (await ways.direct.call('h2', { path: `${maps}?limit=1` })).json();
  const path = `${maps}?limit=1&continue=${metadata.continue}`;
  const probe = async () => {
    await ok(
      cluster.kubectl(['label', 'configmap/after', `at=${Date.now()}`, '--overwrite', '-n', namespace]),
    );
    return (await ways.direct.call('h1', { path })).status === 410 || undefined;
  };
  await waitFor({ what: 'the past to be forgotten', timeoutMs: 20_000, probe });
  for (const protocol of PROTOCOLS) {
    const { direct, through } = await ways.both(protocol, { path });
    expect(JSON.parse(direct.body)).toMatchObject({ code: 410, reason: 'Expired' });
    const wayOn = /"continue":"[^"]*"/;
    expect(through).toEqual({
      ...direct,
      body: direct.body.replace(wayOn, wayOn.exec(through.body)?.[0] ?? ''),
    });
  }
});

test('a list over HTTP/1.1 waits for nobody to acknowledge its pieces', async () => {
  const times: number[] = [];
  for (let i = 0; i < 40; i += 1) {
    const beganMs = performance.now();
    await ways.through.call('h1', { path: maps });
    times.push(performance.now() - beganMs);
  }
  // A delayed acknowledgement costs each call its 40 ms, once the connection has served some.
  expect(Math.min(...times.slice(20))).toBeLessThan(30);
});
