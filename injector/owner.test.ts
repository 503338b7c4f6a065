import { describe, expect, test } from 'vitest';
import { validateCreate } from './admit.ts';
import { codesOf, config, injected, plainPod, podOf, withContainer } from './fixtures.ts';
import { bornOf, OWNER } from './owner.ts';

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'crew-5d9c', uid: '77aa' };
const controlled = (more: object = {}) =>
  podOf(plainPod().spec, { ownerReferences: [{ ...owner, controller: true, ...more }] });

describe('the owner of a pod', () => {
  test('is the controller that it was created with, whatever its owner references say later', () => {
    const pod = injected(controlled());
    expect(bornOf(pod)).toEqual(owner);
    expect(bornOf({ ...pod, metadata: { name: 'agent' } })).toEqual(owner);
  });

  test('is nobody where nothing controls it, or what is no pod of ours', () => {
    expect(bornOf(injected())).toBeUndefined();
    expect(bornOf(injected(controlled({ controller: false })))).toBeUndefined();
    expect(bornOf(plainPod())).toBeUndefined();
    expect(bornOf({})).toBeUndefined();
  });

  test('of a pod that was rendered before it was written down is the one that the pod has', () => {
    const without = withContainer(injected(controlled()), 'chaperone', (sidecar) => ({
      ...sidecar,
      env: sidecar.env?.filter(({ name }) => name !== OWNER),
    }));
    expect(bornOf(without)).toEqual(owner);
    expect(bornOf({ ...without, metadata: { name: 'agent' } })).toBeUndefined();
  });

  test('cannot be claimed: another one in the sidecar is overwritten by the mutator and refused by the validator', () => {
    const value = JSON.stringify({ ...owner, uid: 'another' });
    const pod = withContainer(injected(controlled()), 'chaperone', (sidecar) => ({
      ...sidecar,
      env: sidecar.env?.map((each) => (each.name === OWNER ? { ...each, value } : each)),
    }));
    expect(codesOf(validateCreate(pod, config))).toEqual(['NotInjected']);
    expect(bornOf(injected(pod))).toEqual(owner);
  });

  test('of a copy is its own', () => {
    const { spec } = injected(controlled());
    expect(bornOf(injected(podOf(spec)))).toBeUndefined();
  });

  test('is cut to what Kubernetes makes', () => {
    const pod = injected(controlled({ name: 'x'.repeat(1_000_000) }));
    expect(bornOf(pod)?.name).toHaveLength(253);
  });
});
