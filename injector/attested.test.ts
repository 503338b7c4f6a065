import { describe, expect, it } from 'vitest';
import { hasOurSidecar } from './attested.ts';
import { afterServiceAccountAdmission, injected, plainPod, podOf, withContainer } from './fixtures.ts';
import { TOKEN_PATH } from './names.ts';
import type { Pod } from './pod.ts';

const caller = (name: string, more: object = {}) => ({
  name,
  mountPath: TOKEN_PATH,
  readOnly: true,
  ...more,
});
const agentMounts =
  (volumeMounts: Pod['spec']['containers'][number]['volumeMounts'] & object) => (pod: Pod) =>
    withContainer(pod, 'agent', (agent) => ({ ...agent, volumeMounts }));

describe('a live pod', () => {
  it('has our sidecar once it was injected', () => {
    expect(hasOurSidecar(injected())).toEqual({ kind: 'yes' });
    expect(hasOurSidecar(injected(plainPod({ initContainers: [{ name: 'clone', image: 'git' }] })))).toEqual({
      kind: 'yes',
    });
  });

  it("has our sidecar with another release's image, variables and further volumes", () => {
    const pod = withContainer(injected(), 'chaperone', (sidecar) => ({
      ...sidecar,
      image: 'chaperone:0',
      env: [],
      volumeMounts: [...(sidecar.volumeMounts ?? []), { name: 'chaperone-cache', mountPath: '/cache' }],
    }));
    const volumes = [...(pod.spec.volumes ?? []), { name: 'chaperone-cache', emptyDir: {} }];
    expect(hasOurSidecar(podOf({ ...pod.spec, volumes }))).toEqual({ kind: 'yes' });
  });

  it('has our sidecar while a person debugs the agent', () => {
    const ephemeralContainers = [{ name: 'debugger', image: 'busybox', targetContainerName: 'agent' }];
    expect(hasOurSidecar(podOf({ ...injected().spec, ephemeralContainers }))).toEqual({ kind: 'yes' });
  });

  it.each<[string, (pod: Pod) => unknown]>([
    ['is no pod', () => ({ kind: 'Pod' })],
    ['was never injected', () => afterServiceAccountAdmission(plainPod())],
    [
      'has the sidecar as an ordinary container',
      (pod) => podOf({ ...pod.spec, initContainers: [], containers: pod.spec.initContainers }),
    ],
    [
      'has a sidecar that ends',
      (pod) => withContainer(pod, 'chaperone', ({ restartPolicy: _, ...sidecar }) => sidecar),
    ],
    [
      'has a sidecar of another user',
      (pod) =>
        withContainer(pod, 'chaperone', (sidecar) => ({ ...sidecar, securityContext: { runAsUser: 0 } })),
    ],
    ['mounts its ServiceAccount token', (pod) => podOf({ ...pod.spec, automountServiceAccountToken: true })],
    [
      'has two sidecars',
      (pod) =>
        podOf({
          ...pod.spec,
          initContainers: [...(pod.spec.initContainers ?? []), ...(pod.spec.initContainers ?? [])],
        }),
    ],
    [
      'has a volume of ours that the sidecar does not mount',
      (pod) => withContainer(pod, 'chaperone', (sidecar) => ({ ...sidecar, volumeMounts: [] })),
    ],
    ['has a container without a caller token', agentMounts([])],
    [
      "has a container with the sidecar's keys",
      agentMounts([caller('chaperone-agent-0'), caller('chaperone-identity')]),
    ],
    ["has the sidecar's keys in place of a caller token", agentMounts([caller('chaperone-identity')])],
    [
      'has a caller token that its container can write',
      agentMounts([caller('chaperone-agent-0', { readOnly: false })]),
    ],
    ['has a caller token elsewhere', agentMounts([caller('chaperone-agent-0', { mountPath: '/x' })])],
    [
      'has a debugger at the sidecar',
      (pod) => podOf({ ...pod.spec, ephemeralContainers: [{ name: 'd', targetContainerName: 'chaperone' }] }),
    ],
    [
      "has a debugger with the agent's token",
      (pod) =>
        podOf({
          ...pod.spec,
          ephemeralContainers: [{ name: 'd', volumeMounts: [caller('chaperone-agent-0')] }],
        }),
    ],
    [
      'has a debugger with a token that no container uses',
      (pod) => {
        const ephemeralContainers = [{ name: 'd', volumeMounts: [caller('chaperone-agent-1')] }];
        return podOf({ ...pod.spec, ephemeralContainers });
      },
    ],
    [
      'has two containers with one caller token',
      (pod) =>
        podOf({
          ...pod.spec,
          containers: [...pod.spec.containers, { name: 'b', volumeMounts: [caller('chaperone-agent-0')] }],
        }),
    ],
  ])('has not our sidecar when it %s', (_, change) => {
    expect(hasOurSidecar(change(injected()))).toMatchObject({ kind: 'no', why: expect.any(String) });
  });
});
