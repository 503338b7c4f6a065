// What policy/namespaced.ts takes for built in is what the real API server serves by itself: no kind more, in no other scope.
import { expect, test } from 'vitest';
import { isBuiltIn, liesInNamespaces } from '../../policy/namespaced.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';

const cluster = await suiteCluster();
const get = async (path: string) => JSON.parse(await ok(cluster.kubectl(['get', '--raw', path])));

/** The aggregator marks what the server itself brings, and not what a CustomResourceDefinition or a Service brings. */
const OF_THE_SERVER = 'labelSelector=kube-aggregator.kubernetes.io/automanaged%3Donstart';

interface Served {
  readonly name: string;
  readonly namespaced: boolean;
}

test('every kind that the API server brings is known, and whether it lies in namespaces', async () => {
  const { items } = await get(`/apis/apiregistration.k8s.io/v1/apiservices?${OF_THE_SERVER}`);
  const versions: { group?: string; version: string }[] = items.map(({ spec }: { spec: object }) => spec);
  versions.push({ group: 'apiregistration.k8s.io', version: 'v1' });
  const lists = await Promise.all(
    versions.map(async ({ group = '', version }) => {
      const { resources } = await get(group === '' ? `/api/${version}` : `/apis/${group}/${version}`);
      return (resources as Served[]).map((each) => ({ ...each, group }));
    }),
  );
  const served = lists.flat();
  const isKnown = ({ group, name, namespaced }: (typeof served)[number]) =>
    isBuiltIn(group, name) && liesInNamespaces(group, name) === namespaced;
  expect(served.filter((each) => !isKnown(each))).toEqual([]);
  expect(served.length).toBeGreaterThan(100);
});
