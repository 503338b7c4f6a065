import { expect, test } from 'vitest';
import type { KubeApi, KubeObject } from '../kube/api.ts';
import { firstWorkloads } from './workload.ts';

const owner = (kind: string, name: string, uid: string) => ({
  apiVersion: 'apps/v1',
  controller: true,
  kind,
  name,
  uid,
});

const pod = (...ownerReferences: ReturnType<typeof owner>[]): KubeObject => ({
  metadata: { name: 'crew-5d9c-x', namespace: 'agents', uid: 'pod', ownerReferences },
});

/** An API server whose ReplicaSet `crew-5d9c` has these owners. */
function kubeOf(...ownerReferences: ReturnType<typeof owner>[]) {
  const metadata = { name: 'crew-5d9c', uid: 'set', ownerReferences };
  const owners = { ownerReferences };
  const kube = {
    call: async () => ({ kind: 'done', object: { metadata: { ...metadata, ...owners } } }),
  } as unknown as Pick<KubeApi, 'call'>;
  return { kube, owners };
}

const bySet = pod(owner('ReplicaSet', 'crew-5d9c', 'set'));

test("the pod of a Deployment is the Deployment's, and stays so when it is orphaned and adopted", async () => {
  const { kube, owners } = kubeOf(owner('Deployment', 'crew', 'deployment'));
  const workloadOf = firstWorkloads(kube);
  const crew = { uid: 'deployment', text: 'Deployment agents/crew' };
  expect(await workloadOf(bySet)).toEqual(crew);
  owners.ownerReferences = [];
  expect(await workloadOf(bySet)).toEqual(crew);
  owners.ownerReferences = [owner('Deployment', 'another', 'another')];
  expect(await workloadOf(bySet)).toEqual(crew);
  expect(await workloadOf(pod())).toEqual(crew);
});

test("a pod of its own is its own workload, one of another kind that kind's", async () => {
  const { kube } = kubeOf();
  expect(await firstWorkloads(kube)(pod())).toEqual({ uid: 'pod', text: 'Pod agents/crew-5d9c-x' });
  expect(await firstWorkloads(kube)(bySet)).toEqual({ uid: 'set', text: 'ReplicaSet agents/crew-5d9c' });
});

test('an owner that the API server could not have made is bounded, and gives no lifetime of its own', async () => {
  const { kube } = kubeOf();
  const absurd = pod(owner('Job', 'x'.repeat(1_000_000), 'not a uid'));
  const { uid, text } = await firstWorkloads(kube)(absurd);
  expect([uid, text.length]).toEqual(['none', 128]);
});
