// Invisible where permitted, in what is watched: the same events in the same bytes and order, each as it happens.
import { afterAll, describe, expect, test } from 'vitest';
import { PROTOCOLS } from '../adversarial/agent.ts';
import type { Streamed } from '../adversarial/answers.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { bothWays, withoutAges } from './invisible.ts';

const cluster = await suiteCluster();
const ways = await bothWays(cluster, 'invisible-watch');
afterAll(() => ways[Symbol.asyncDispose]());

const { namespace } = ways;
const core = `/api/v1/namespaces/${namespace}`;
const maps = `${core}/configmaps`;
const kubectl = (...args: string[]) => ok(cluster.kubectl([...args, '-n', namespace]));
const versionNow = async (): Promise<string> =>
  (await ways.direct.call('h2', { path: maps })).json().metadata.resourceVersion;

/** A history to watch again from its begin: what is created, changed twice and deleted. */
const begin = await versionNow();
await create(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'told', namespace } });
await kubectl('label', 'configmap/told', 'step=1');
await kubectl('label', 'configmap/told', 'step=2', '--overwrite');
await kubectl('delete', 'configmap/told');

const as = (kind: string, type = 'application/json') => `${type};as=${kind};v=v1;g=meta.k8s.io`;
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const since = `watch=1&resourceVersion=${begin}&timeoutSeconds=1`;

const WATCHES: Readonly<Record<string, readonly [path: string, accept?: string]>> = {
  JSON: [`${maps}?${since}`],
  'pretty JSON': [`${maps}?${since}&pretty=true`],
  protobuf: [`${maps}?${since}`, `${PROTOBUF};stream=watch`],
  'what client-go asks for': [`${maps}?${since}`, `${PROTOBUF},application/json`],
  YAML: [`${maps}?${since}`, 'application/yaml'],
  Tables: [`${maps}?${since}`, as('Table')],
  PartialObjectMetadata: [`${maps}?${since}`, as('PartialObjectMetadata')],
  'PartialObjectMetadata in protobuf': [`${maps}?${since}`, as('PartialObjectMetadata', PROTOBUF)],
  'one object by its name': [`${maps}?${since}&fieldSelector=metadata.name%3Dtold`],
  'the legacy prefix': [`/api/v1/watch/namespaces/${namespace}/configmaps?${since}`],
  'the legacy prefix, one object': [`/api/v1/watch/namespaces/${namespace}/configmaps/told?${since}`],
  'from too long ago': [`${maps}?watch=1&resourceVersion=1&timeoutSeconds=1`],
};

describe.each(PROTOCOLS)('over %s', (protocol) => {
  const open = (path: string, accept?: string): Promise<[direct: Streamed, through: Streamed]> => {
    const ask = { path, headers: accept === undefined ? {} : { accept } };
    return Promise.all([ways.direct.stream(protocol, ask), ways.through.stream(protocol, ask)]);
  };

  // All at once: each lasts the second that it asks for.
  const opened = new Map(Object.entries(WATCHES).map(([what, [path, accept]]) => [what, open(path, accept)]));

  test.each([...opened])('the events and their end after timeoutSeconds: %s', async (_, both) => {
    const [direct, through] = await both;
    expect(through.status).toBe(direct.status);
    for (const header of ['content-type', 'cache-control', 'transfer-encoding'])
      expect(through.headers[header], header).toBe(direct.headers[header]);
    const ends = await Promise.all([direct.end, through.end]);
    expect(ends.map(({ how }) => how)).toEqual(['complete', 'complete']);
    expect(withoutAges(through.text())).toBe(withoutAges(direct.text()));
    expect(direct.text()).not.toBe('');
  });

  test('the head comes before the first event, and each event before the next has happened', async () => {
    const [direct, through] = await open(`${maps}?watch=1&resourceVersion=${await versionNow()}`);
    expect([direct.status, through.status, direct.text(), through.text()]).toEqual([200, 200, '', '']);
    const name = `each-${protocol}`;
    await create(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });
    const stamps: number[] = [through.headAtMs];
    for (const step of ['1', '2', '3']) {
      stamps.push(performance.now());
      await kubectl('label', `configmap/${name}`, `step=${step}`, '--overwrite');
      await through.until(new RegExp(`MODIFIED.*"step":"${step}"`));
      stamps.push(performance.now());
      await direct.until(new RegExp(`MODIFIED.*"step":"${step}"`));
      expect(through.text()).toBe(direct.text());
    }
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
    direct.abort();
    through.abort();
  });

  test('a WatchList tells with a bookmark where the initial events end', async () => {
    const path = `${maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`;
    const both = await open(`${path}&resourceVersion=${await versionNow()}`);
    const told = await Promise.all(
      both.map(async (way) => {
        const text = await way.until(/"BOOKMARK".*\n/);
        way.abort();
        const events = text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
        // The bookmark's version is that of the whole cluster, which goes on.
        return events.map(({ type, object }) => [type, object.metadata.name, object.metadata.annotations]);
      }),
    );
    expect(told[0]?.at(-1)).toEqual(['BOOKMARK', undefined, { 'k8s.io/initial-events-end': 'true' }]);
    expect(told[1]).toEqual(told[0]);
  });
});
