// What the table of shapes (test/shapes/) cannot ask a real API server: kinds that it does not know yet.
import { describe, expect, it } from 'vitest';
import { mutateCreate, validateCreate } from './admit.ts';
import { codesOf, config, injected, plainPod } from './fixtures.ts';

const volume = (source: object) => ({ volumes: [{ name: 'extra', ...source }] });
const security = (securityContext: object) => ({
  containers: [{ name: 'agent', image: 'agent:1', securityContext }],
});

describe('a pod', () => {
  it.each([
    ['a kind of volume', volume({ quantumDisk: {} }), 'VolumeKind'],
    ['a projection', volume({ projected: { sources: [{ quantumKey: {} }] } }), 'TokenVolume'],
    ['an SELinux option', { securityContext: { seLinuxOptions: { quantum: 'x' } } }, 'PodWide'],
  ])('is refused with %s that nobody knows yet', (_, spec, code) => {
    expect(codesOf(mutateCreate(plainPod(spec), config))).toEqual([code]);
  });

  it('is refused with the same shape in an init container', () => {
    const init = { name: 'setup', image: 'a', securityContext: { privileged: true } };
    expect(codesOf(mutateCreate(plainPod({ initContainers: [init] }), config))).toEqual(['Privileged']);
  });

  it('hears of everything at once', () => {
    const two = mutateCreate(plainPod({ hostPID: true, hostNetwork: true }), config);
    expect(codesOf(two)).toEqual(['SharedNamespace', 'SharedNamespace']);
  });

  it.each([
    ['a masked /proc', security({ procMount: 'Default' })],
    ["the runtime's AppArmor profile", { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }],
    ['projected sources that are null', volume({ projected: { sources: null } })],
  ])('is governed with %s', (_, spec) => {
    expect(validateCreate(injected(plainPod(spec)), config)).toEqual({ kind: 'allowed', patch: [] });
  });
});
