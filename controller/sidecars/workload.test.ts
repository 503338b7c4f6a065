import { expect, test } from 'vitest';
import { podOf } from '../../injector/fixtures.ts';
import { OWNER, printOwner } from '../../injector/owner.ts';
import type { KubeApi, KubeObject, OwnerReference } from '../kube/api.ts';
import { workloadsOf } from './workload.ts';

const owner = (kind: string, name: string, uid: string): OwnerReference => ({
  apiVersion: 'apps/v1',
  controller: true,
  kind,
  name,
  uid,
});

/** A live pod that was born with the first of these owners, and has them no more. */
const pod = (...born: OwnerReference[]): KubeObject => {
  const value = printOwner(podOf({ containers: [] }, { ownerReferences: born }));
  const sidecar = { name: 'chaperone', env: [{ name: OWNER, value }] };
  return {
    metadata: { name: 'crew-5d9c-x', namespace: 'agents', uid: 'pod' },
    spec: { initContainers: [sidecar], containers: [] },
  };
};

/** An API server whose ReplicaSet `crew-5d9c` has these owners. */
function kubeOf(...ownerReferences: OwnerReference[]) {
  const metadata = { name: 'crew-5d9c', uid: 'set', ownerReferences };
  return { call: async () => ({ kind: 'done', object: { metadata } }) } as unknown as Pick<KubeApi, 'call'>;
}

const SET = owner('ReplicaSet', 'crew-5d9c', 'set');
const set = { uid: 'set', text: 'ReplicaSet agents/crew-5d9c' };
const crew = { uid: 'deployment', text: 'Deployment agents/crew' };

test("a Deployment's pod is its ReplicaSet's and its own, also when it has been orphaned", async () => {
  const kube = kubeOf(owner('Deployment', 'crew', 'deployment'));
  expect(await workloadsOf(kube, pod(SET))).toEqual([set, crew]);
});

test("a ReplicaSet that is orphaned, or another by now, leaves the pod the first one's", async () => {
  expect(await workloadsOf(kubeOf(), pod(SET))).toEqual([set]);
  const other = kubeOf(owner('Deployment', 'crew', 'deployment'));
  expect(await workloadsOf(other, pod(owner('ReplicaSet', 'crew-5d9c', 'former')))).toMatchObject([
    { uid: 'former' },
  ]);
});

test("a pod of its own is its own workload, one of another kind that kind's", async () => {
  expect(await workloadsOf(kubeOf(), pod())).toEqual([{ uid: 'pod', text: 'Pod agents/crew-5d9c-x' }]);
  expect(await workloadsOf(kubeOf(), pod(owner('Job', 'run', 'job')))).toEqual([
    { uid: 'job', text: 'Job agents/run' },
  ]);
});

test('an owner that the API server could not have made is bounded, and gives no lifetime of its own', async () => {
  const absurd = pod(owner('Job', 'x'.repeat(1_000_000), 'not a uid'));
  const [{ uid, text } = { uid: '', text: '' }] = await workloadsOf(kubeOf(), absurd);
  expect([uid, text.length]).toEqual(['none', 128]);
});
