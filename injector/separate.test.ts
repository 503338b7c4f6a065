import { describe, expect, it } from 'vitest';
import { mutateCreate, validateCreate } from './admit.ts';
import { codesOf, config, injected, plainPod, podOf, withContainer } from './fixtures.ts';
import { TOKEN_PATH } from './names.ts';
import type { Container, Pod } from './pod.ts';

const forged = (change: (sidecar: Container) => Container) => withContainer(injected(), 'chaperone', change);

function refusedBoth(pod: Pod): string[] {
  const codes = codesOf(mutateCreate(pod, config));
  expect(codesOf(validateCreate(pod, config))).toEqual(codes);
  return codes;
}

describe('a pod that brings a sidecar', () => {
  it.each<[string, (sidecar: Container) => Container]>([
    ['image', (sidecar) => ({ ...sidecar, image: 'evil' })],
    ['command', (sidecar) => ({ ...sidecar, command: ['sh'] })],
    ['list of arguments', (sidecar) => ({ ...sidecar, args: ['--inspect=0.0.0.0'] })],
    [
      'variable',
      (sidecar) => ({ ...sidecar, env: [...(sidecar.env ?? []), { name: 'NODE_OPTIONS', value: '-r x' }] }),
    ],
    [
      'controller',
      (sidecar) => ({
        ...sidecar,
        env: (sidecar.env ?? []).map((v) =>
          v.name === 'CHAPERONE_CONTROLLER' ? { ...v, value: 'https://10.0.0.66:8443' } : v,
        ),
      }),
    ],
    [
      'mount',
      (sidecar) => ({
        ...sidecar,
        volumeMounts: [...(sidecar.volumeMounts ?? []), { name: 'work', mountPath: '/app' }],
      }),
    ],
    ['user id', (sidecar) => ({ ...sidecar, securityContext: { runAsUser: 0 } })],
    [
      'AppArmor profile',
      (sidecar) => ({
        ...sidecar,
        securityContext: { ...sidecar.securityContext, appArmorProfile: { type: 'Unconfined' } },
      }),
    ],
    ['restart policy', (sidecar) => ({ ...sidecar, restartPolicy: 'Never' })],
    ['memory limit', (sidecar) => ({ ...sidecar, resources: { limits: { memory: '1Mi' } } })],
    ['device', (sidecar) => ({ ...sidecar, resources: { ...sidecar.resources, claims: [{ name: 'gpu' }] } })],
    [
      'lifecycle hook',
      (sidecar) => ({ ...sidecar, lifecycle: { postStart: { exec: { command: ['sh'] } } } }),
    ],
    [
      'lower memory limit',
      (sidecar) => ({ ...sidecar, resources: { ...sidecar.resources, limits: { memory: '1Mi' } } }),
    ],
    [
      'resource that no LimitRange adds',
      (sidecar) => ({
        ...sidecar,
        resources: { ...sidecar.resources, limits: { ...sidecar.resources?.limits, 'example.com/gpu': '1' } },
      }),
    ],
  ])('with a %s of its own is refused as forged', (_, change) => {
    expect(refusedBoth(forged(change))).toEqual(['ForgedSidecar']);
  });

  it('as an ordinary container is refused', () => {
    const [sidecar] = injected().spec.initContainers ?? [];
    const pod = plainPod({ containers: [{ name: 'agent', image: 'a' }, sidecar] });
    expect(codesOf(mutateCreate(pod, config))).toContain('ReservedName');
  });

  it('twice is refused', () => {
    const pod = injected();
    const init = pod.spec.initContainers ?? [];
    expect(refusedBoth(podOf({ ...pod.spec, initContainers: [...init, ...init] }))).toContain('ReservedName');
  });

  it('with a volume of another kind under our name is refused', () => {
    const pod = injected();
    const volumes = pod.spec.volumes?.map((v) =>
      v.name === 'chaperone-identity' ? { name: v.name, persistentVolumeClaim: { claimName: 'mine' } } : v,
    );
    expect(refusedBoth(podOf({ ...pod.spec, volumes }))).toContain('ForgedSidecar');
  });

  it('with a token of another lifetime under our name is refused', () => {
    const pod = JSON.parse(
      JSON.stringify(injected()).replaceAll('"expirationSeconds":3600', '"expirationSeconds":3607'),
    ) as Pod;
    expect(refusedBoth(pod)).toContain('ForgedSidecar');
  });

  it.each<[string, object]>([
    ["mounts the sidecar's keys", { volumeMounts: [{ name: 'chaperone-identity', mountPath: '/x' }] }],
    [
      "mounts the sidecar's credential",
      { volumeMounts: [{ name: 'chaperone-credential', mountPath: '/x' }] },
    ],
    ["mounts another container's token", { volumeMounts: [{ name: 'chaperone-agent-7', mountPath: '/x' }] }],
    [
      'mounts a token of a number that no container has',
      {
        name: 'other',
        volumeMounts: [{ name: 'chaperone-agent--1', mountPath: TOKEN_PATH, readOnly: true }],
      },
    ],
    [
      'mounts its own token where it could write it',
      {
        volumeMounts: [{ name: 'chaperone-agent-0', mountPath: TOKEN_PATH }],
      },
    ],
    [
      'reads a variable from a volume of ours',
      {
        env: [
          { name: 'K', valueFrom: { fileKeyRef: { volumeName: 'chaperone-agent-0', path: 'p', key: 'k' } } },
        ],
      },
    ],
  ])('next to a container that %s is refused', (_, change) => {
    expect(refusedBoth(withContainer(injected(), 'agent', (agent) => ({ ...agent, ...change })))).toEqual([
      'ReachesSidecar',
    ]);
  });

  it('that lists other containers is rewritten, and refused where nothing rewrites it', () => {
    const listed = forged((sidecar) => ({
      ...sidecar,
      env: sidecar.env?.map((v) => (v.name === 'CHAPERONE_AGENT_CONTAINERS' ? { ...v, value: '' } : v)) ?? [],
      volumeMounts: sidecar.volumeMounts?.slice(0, 4) ?? [],
    }));
    const agents = podOf({
      ...listed.spec,
      containers: plainPod().spec.containers,
      volumes: listed.spec.volumes?.slice(0, 4),
    });
    expect(codesOf(validateCreate(agents, config))).toEqual(['NotInjected']);
    expect(injected(agents).spec).toEqual(injected().spec);
  });

  it("of another release's configuration is refused on CREATE", () => {
    const upgraded = { ...config, image: 'registry.example/chaperone-sidecar:2.0.0' };
    expect(codesOf(validateCreate(injected(), upgraded))).toEqual(['ForgedSidecar']);
  });
});
