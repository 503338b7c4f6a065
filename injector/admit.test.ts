import { describe, expect, it } from 'vitest';
import { mutateCreate, validateCreate, validateUpdate } from './admit.ts';
import {
  afterServiceAccountAdmission,
  codesOf,
  config,
  injected,
  plainPod,
  podOf,
  withContainer,
} from './fixtures.ts';
import { TOKEN_PATH } from './names.ts';
import type { Pod } from './pod.ts';

const ALLOWED = { kind: 'allowed', patch: [] };

function where(answer: { kind: string; causes?: readonly { where: string }[] }): string[] {
  return answer.causes?.map((cause) => cause.where) ?? [];
}

describe('creating a pod', () => {
  it('patches whole fields of the spec, and only those that change', () => {
    const admission = mutateCreate(plainPod({ restartPolicy: 'Never' }), config);
    expect(
      admission.kind === 'allowed' && admission.patch.map(({ op, path }) => `${op} ${path}`).sort(),
    ).toEqual([
      'add /spec/automountServiceAccountToken',
      'add /spec/containers',
      'add /spec/initContainers',
      'add /spec/volumes',
    ]);
    expect(mutateCreate(injected(), config)).toEqual(ALLOWED);
  });

  it("injects a Job's pod like any other", () => {
    const job = afterServiceAccountAdmission(
      plainPod({ restartPolicy: 'OnFailure', activeDeadlineSeconds: 60 }),
    );
    expect(validateCreate(injected(job), config)).toEqual(ALLOWED);
  });

  it('accepts the sidecar at any place among the init containers', () => {
    const pod = injected(plainPod({ initContainers: [{ name: 'clone', image: 'git' }] }));
    const moved = podOf({ ...pod.spec, initContainers: [...(pod.spec.initContainers ?? [])].reverse() });
    expect(validateCreate(moved, config)).toEqual(ALLOWED);
  });

  it('accepts lists that another injector put in another order', () => {
    const pod = injected(plainPod({ volumes: [{ name: 'work', emptyDir: {} }] }));
    const shuffled = withContainer(pod, 'agent', (agent) => ({
      ...agent,
      env: [...(agent.env ?? [])].reverse(),
    }));
    const volumes = [...(pod.spec.volumes ?? [])].reverse();
    expect(validateCreate(podOf({ ...shuffled.spec, volumes }), config)).toEqual(ALLOWED);
  });

  it('refuses a pod that nothing injected', () => {
    expect(codesOf(validateCreate(plainPod(), config))).toEqual(['NotInjected']);
    expect(codesOf(validateCreate(afterServiceAccountAdmission(plainPod()), config))).toEqual([
      'NotInjected',
    ]);
  });

  it.each<[string, (pod: Pod) => Pod, string]>([
    [
      'automount',
      (pod) => podOf({ ...pod.spec, automountServiceAccountToken: true }),
      'spec.automountServiceAccountToken',
    ],
    [
      "a container's caller token",
      (pod) => withContainer(pod, 'agent', (agent) => ({ ...agent, volumeMounts: [] })),
      'spec.containers[agent].volumeMounts[chaperone-agent-0]',
    ],
    [
      "a container's address",
      (pod) => withContainer(pod, 'agent', (agent) => ({ ...agent, env: [] })),
      'spec.containers[agent].env[KUBERNETES_SERVICE_HOST]',
    ],
    [
      'a volume',
      (pod) =>
        podOf({ ...pod.spec, volumes: pod.spec.volumes?.filter(({ name }) => name !== 'chaperone-spool') }),
      'spec.volumes[chaperone-spool]',
    ],
  ])('refuses a pod whose %s another webhook changed, and says where', (_, change, field) => {
    const answer = validateCreate(change(injected()), config);
    expect(codesOf(answer)).toEqual(['NotInjected']);
    expect(where(answer)).toEqual([field]);
  });

  it('refuses a pod that got its token back', () => {
    const pod = injected();
    const token = {
      name: 'kube-api-access-abcde',
      projected: { sources: [{ serviceAccountToken: { path: 'token' } }] },
    };
    const again = withContainer(pod, 'agent', (agent) => ({
      ...agent,
      volumeMounts: [{ name: token.name, mountPath: TOKEN_PATH, readOnly: true }],
    }));
    const volumes = [...(pod.spec.volumes ?? []), token];
    expect(codesOf(validateCreate(podOf({ ...again.spec, volumes }), config))).toEqual(['NotInjected']);
  });
});

describe('updating a pod', () => {
  it('lets a pod of another release or of the time before the label go on and end', () => {
    const aged = withContainer(injected(), 'chaperone', (sidecar) => ({ ...sidecar, image: 'chaperone:0' }));
    expect(validateUpdate(aged, podOf(aged.spec, { finalizers: [] }))).toEqual(ALLOWED);
    const unlabelled = plainPod({ hostPID: true });
    expect(validateUpdate(unlabelled, podOf(unlabelled.spec, { finalizers: [] }))).toEqual(ALLOWED);
  });

  it.each<[string, (pod: Pod) => Pod, string]>([
    [
      "the sidecar's image",
      (pod) => withContainer(pod, 'chaperone', (sidecar) => ({ ...sidecar, image: 'evil' })),
      'spec.initContainers[chaperone].image',
    ],
    [
      "the sidecar's resources",
      (pod) =>
        withContainer(pod, 'chaperone', (sidecar) => ({
          ...sidecar,
          resources: { limits: { memory: '1Mi' } },
        })),
      'spec.initContainers[chaperone].resources.limits.memory',
    ],
    [
      'a mount of ours',
      (pod) => withContainer(pod, 'agent', (agent) => ({ ...agent, volumeMounts: [] })),
      'spec.containers[agent].reaches[0]',
    ],
    ['a volume of ours', (pod) => podOf({ ...pod.spec, volumes: [] }), 'spec.volumes[chaperone-credential]'],
    [
      'automount',
      (pod) => podOf({ ...pod.spec, automountServiceAccountToken: true }),
      'spec.automountServiceAccountToken',
    ],
    [
      'the ServiceAccount',
      (pod) => podOf({ ...pod.spec, serviceAccountName: 'admin' }),
      'spec.serviceAccountName',
    ],
    [
      "the whole pod's resources",
      (pod) => podOf({ ...pod.spec, resources: { limits: { memory: '10Mi' } } }),
      'spec.resources',
    ],
    [
      "the sidecar's AppArmor annotation",
      (pod) =>
        podOf(pod.spec, {
          annotations: { 'container.apparmor.security.beta.kubernetes.io/chaperone': 'unconfined' },
        }),
      'metadata.annotations.container.apparmor.security.beta.kubernetes.io/chaperone',
    ],
  ])('refuses a change of %s, and says where', (_, change, field) => {
    const answer = validateUpdate(injected(), change(injected()));
    expect(codesOf(answer)).toEqual(['SidecarChanged']);
    expect(where(answer)).toEqual([field]);
  });
});

describe('debugging a pod', () => {
  it('judges only the debuggers that are new', () => {
    const ephemeralContainers = [{ name: 'debugger', securityContext: { privileged: true } }];
    const old = plainPod({ ephemeralContainers });
    expect(validateUpdate(old, podOf(old.spec, { finalizers: [] }))).toEqual(ALLOWED);
  });
});
