// The search of a run (test/search/) hears what agents hear: on every way by which bytes come to one in a test, what came stands
// among what is searched.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { type Governed, govern } from '../adversarial/governed.ts';
import { collectorOf, type Span } from '../cluster/collector.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, ok, pod, untilReady } from '../cluster/pods.ts';
import { logOf, readLogs } from '../search/logs.ts';
import { SEARCH_FOLDER } from '../search/seeds.ts';
import { readWitnesses } from '../search/witness.ts';

const cluster = await suiteCluster();
const collector = collectorOf(cluster);
const governed = await govern(cluster, 'search', {
  telemetry: {
    tracesUrl: `${collector.endpoint}/v1/traces`,
    headers: {},
    serviceName: undefined,
    resourceAttributes: {},
  },
});
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

/** Nothing that is searched for, and told from everything else. */
const WORD = randomBytes(16).toString('hex');
const maps = `/api/v1/namespaces/${namespace}/configmaps`;
const path = `${maps}/told`;
await ok(cluster.kubectl(['create', 'configmap', 'told', '-n', namespace, `--from-literal=word=${WORD}`]));

const search = process.env[SEARCH_FOLDER] ?? '';
/** The streams of this process that hold the word. */
const heard = () =>
  readdirSync(search)
    .filter((name) => name.startsWith(`${process.pid}-`))
    .flatMap((name) => readWitnesses(join(search, name)).streams)
    .filter(({ bytes }) => bytes.includes(WORD))
    .map(({ label }) => label);

const WAYS: Readonly<Record<string, (to: Governed) => Promise<unknown>>> = {
  'an answer over HTTP/1.1': () => agent.call('h1', { path }),
  'an answer over HTTP/2': () => agent.call('h2', { path }),
  async 'a watch'() {
    const watch = await agent.stream('h2', { path: `${maps}?watch=1` });
    await watch.until(new RegExp(WORD));
    watch.abort();
  },
  'bytes of a connection': () =>
    agent.raw(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${agent.token}\r\nConnection: close\r\n\r\n`,
    ),
  'a session of its own': () =>
    text(agent.session().request({ ':path': path, authorization: `Bearer ${agent.token}` })),
  'an unmodified kubectl': ({ kubeconfig }) =>
    ok(cluster.kubectl(['get', 'configmap', 'told', '-o', 'yaml'], { kubeconfig })),
  'a record of a call': () => agent.call('h2', { path: `${maps}/${WORD}` }),
};

test.each(Object.keys(WAYS))('%s is searched', async (way) => {
  const before = heard().length;
  await WAYS[way]?.(governed);
  await expect.poll(() => heard().length).toBeGreaterThan(before);
});

test('what a container printed is searched, and what kubectl exec of it says', async () => {
  await create(
    cluster,
    pod(namespace, 'printing', { image: AGENT_IMAGE, args: ['-c', `echo ${WORD}; sleep infinity`] }),
  );
  await untilReady(cluster, namespace, 'printing');
  const log = () => readLogs(search).find(({ label }) => label === logOf(namespace, 'printing', 'printing'));
  await expect.poll(() => log()?.bytes.toString(), { timeout: 10_000 }).toBe(`${WORD}\n`);
  const before = heard().length;
  await ok(cluster.kubectl(['exec', '-n', namespace, 'printing', '--', 'echo', WORD]));
  expect(heard().length).toBe(before + 1);
});

test('the spans that the collector took are searched', async () => {
  await agent.call('h2', { path });
  await governed.stop(0);
  const isOurs = ({ attributes }: Span) => attributes['url.path'] === path;
  const { traceId } = await collector.until(isOurs, 'the span of a call');
  const spans = () => readLogs(search).filter(({ label }) => label.startsWith('the spans'));
  await expect
    .poll(() => spans().some(({ bytes }) => bytes.includes(traceId)), { timeout: 10_000 })
    .toBe(true);
});
