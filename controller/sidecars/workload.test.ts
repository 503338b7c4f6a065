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
/** Of a pod that nobody made. */
const OWN = {
  uid: 'pod',
  text: 'Pod agents/crew-5d9c-x',
  run: '/api/v1/namespaces/agents/pods/crew-5d9c-x',
};

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

test('of a ReplicaSet nothing but a Deployment is believed to have made it', async () => {
  const job = { ...owner('Job', 'nightly', 'job'), apiVersion: 'batch/v1' };
  const lookalike = { ...owner('Deployment', 'crew', 'deployment'), apiVersion: 'example.com/v1' };
  for (const claimed of [job, owner('StatefulSet', 'db', 'db'), lookalike])
    expect(await workloadsOf(kubeOf(claimed), pod(SET))).toEqual([set]);
});

test("a pod of its own is its own workload, one of another kind that kind's", async () => {
  expect(await workloadsOf(kubeOf(), pod())).toEqual([OWN]);
  expect(await workloadsOf(kubeOf(), pod(owner('Job', 'run', 'job')))).toEqual([
    { uid: 'job', text: 'Job agents/run' },
  ]);
});

test('a Job can be asked for when it was made, and nothing that only is called so, or leads elsewhere', async () => {
  const job = { ...owner('Job', 'run', 'job'), apiVersion: 'batch/v1' };
  expect(await workloadsOf(kubeOf(), pod(job))).toEqual([
    { uid: 'job', text: 'Job agents/run', run: '/apis/batch/v1/namespaces/agents/jobs/run' },
  ]);
  expect(await workloadsOf(kubeOf(), pod({ ...job, name: '..' }))).toEqual([
    { uid: 'job', text: 'Job agents/..' },
  ]);
});

test('what is told of an owner is bounded', async () => {
  const [{ text } = { text: '' }] = await workloadsOf(
    kubeOf(),
    pod(owner('Job', 'x'.repeat(1_000_000), 'job')),
  );
  expect(text).toHaveLength(128);
});

test.each(['not a uid', '', '.', '..', '..data', '__proto__', 'x'.repeat(65)])(
  'an owner whose UID cannot be the key of a ConfigMap made nothing: %j',
  async (uid) => {
    const own = [OWN];
    expect(await workloadsOf(kubeOf(), pod(owner('Job', 'run', uid)))).toEqual(own);
    expect(await workloadsOf(kubeOf(), pod(owner('ReplicaSet', '..', uid)))).toEqual(own);
    expect(await workloadsOf(kubeOf(owner('Deployment', 'crew', uid)), pod(SET))).toEqual([set]);
  },
);

test('no owner makes its pod ask for anything but a ReplicaSet', async () => {
  const call = () => Promise.reject(new Error('asked'));
  for (const name of ['', '.', '..'])
    expect(await workloadsOf({ call }, pod(owner('ReplicaSet', name, 'set')))).toMatchObject([
      { uid: 'set' },
    ]);
});
