import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateCreate } from './admit.ts';
import { afterServiceAccountAdmission, config, injected, plainPod, podOf } from './fixtures.ts';
import { TOKEN_PATH } from './names.ts';
import type { Container, Pod } from './pod.ts';
import { render } from './render.ts';

function container(pod: Pod, name: string): Container {
  const found = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((c) => c.name === name);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

describe('a rendered pod', () => {
  it('starts the sidecar first, as a native sidecar, under its own id and without any privilege', () => {
    const pod = injected(plainPod({ initContainers: [{ name: 'clone', image: 'git' }] }));
    expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(['chaperone', 'clone']);
    expect(container(pod, 'chaperone')).toMatchObject({
      image: config.image,
      imagePullPolicy: 'IfNotPresent',
      command: ['node', '/app/sidecar.mjs'],
      restartPolicy: 'Always',
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsGroup: 61443,
        runAsNonRoot: true,
        runAsUser: 61443,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    });
  });

  it('probes the sidecar by exec and never by HTTP, and lets a slow one live', () => {
    const probes = { startupProbe: 10, readinessProbe: 15, livenessProbe: 30 };
    for (const [probe, timeoutSeconds] of Object.entries(probes)) {
      expect(container(injected(), 'chaperone')[probe]).toMatchObject({
        exec: { command: ['node', '/app/sidecar.mjs', 'probe'] },
        successThreshold: 1,
        timeoutSeconds,
      });
    }
  });

  it('tells the sidecar its pod, the controller, the API server and the agent containers', () => {
    const pod = injected(plainPod({ initContainers: [{ name: 'clone', image: 'git' }] }));
    const from = (fieldPath: string) => ({ valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } });
    expect(container(pod, 'chaperone').env).toEqual([
      { name: 'CHAPERONE_CONTROLLER', value: 'https://10.96.0.20:8443' },
      { name: 'CHAPERONE_CONTROL_CA', value: config.controlCa },
      { name: 'CHAPERONE_POD_NAME', ...from('metadata.name') },
      { name: 'CHAPERONE_POD_NAMESPACE', ...from('metadata.namespace') },
      { name: 'CHAPERONE_POD_UID', ...from('metadata.uid') },
      { name: 'CHAPERONE_AGENT_CONTAINERS', value: 'clone,agent' },
      { name: 'CHAPERONE_OWNER', value: 'nobody' },
      { name: 'CHAPERONE_API_SERVER', value: 'https://10.96.0.1:443' },
      { name: 'CHAPERONE_API_SERVER_CA', value: config.apiServerCa },
    ]);
  });

  it('names the OTLP endpoint only where the configuration has one', () => {
    const rendered = render(plainPod(), { ...config, otlpEndpoint: 'http://10.96.0.30:4318' });
    expect(JSON.stringify(rendered)).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
    expect(JSON.stringify(injected())).not.toContain('OTEL_');
  });

  it('requests what it limits where the configuration names no request, as the API server would', () => {
    expect(container(injected(), 'chaperone').resources).toEqual({
      limits: { memory: '128Mi' },
      requests: { cpu: '20m', memory: '128Mi' },
    });
  });

  it('mounts no ServiceAccount token of its own accord', () => {
    expect(injected(plainPod({ automountServiceAccountToken: true })).spec.automountServiceAccountToken).toBe(
      false,
    );
  });

  it("gives each container of the agent a memory volume of its own, read-only at the token's path", () => {
    const pod = injected(plainPod({ initContainers: [{ name: 'clone', image: 'git' }] }));
    for (const [index, name] of ['clone', 'agent'].entries()) {
      const volume = `chaperone-agent-${index}`;
      expect(container(pod, name).volumeMounts).toEqual([
        { name: volume, mountPath: TOKEN_PATH, readOnly: true },
      ]);
      expect(container(pod, 'chaperone').volumeMounts).toContainEqual({
        name: volume,
        mountPath: `/var/run/chaperone/callers/${name}`,
      });
      expect(pod.spec.volumes).toContainEqual({
        name: volume,
        emptyDir: { medium: 'Memory', sizeLimit: '1Mi' },
      });
    }
  });

  it("reads nothing of its own from the agent's namespace, which the agent may be able to write", () => {
    const ours = injected().spec.volumes?.filter(({ name }) => name.startsWith('chaperone-'));
    expect(JSON.stringify(ours)).not.toMatch(/configMap|secret"/);
  });

  it('keeps the credential, the attestation token and the keys to the sidecar', () => {
    const pod = injected();
    const mounts = Object.fromEntries(
      (container(pod, 'chaperone').volumeMounts ?? []).map(({ name, ...mount }) => [name, mount]),
    );
    expect(mounts).toMatchObject({
      'chaperone-credential': { mountPath: '/var/run/chaperone/credential', readOnly: true },
      'chaperone-attestation': { mountPath: '/var/run/chaperone/attestation', readOnly: true },
      'chaperone-identity': { mountPath: '/var/run/chaperone/identity' },
      'chaperone-spool': { mountPath: '/var/run/chaperone/spool' },
    });
    expect(container(pod, 'agent').volumeMounts).toHaveLength(1);
  });

  it('asks for tokens of an hour and never of 3607 seconds, which live a year', () => {
    const pod = injected(afterServiceAccountAdmission(plainPod()));
    expect(JSON.stringify(pod).match(/"expirationSeconds":\d+/g)).toEqual([
      '"expirationSeconds":3600',
      '"expirationSeconds":3600',
    ]);
  });

  it('takes out the token that ServiceAccount admission mounted before it, and its volume', () => {
    const before = afterServiceAccountAdmission(plainPod());
    expect(JSON.stringify(before)).toContain('kube-api-access-');
    expect(JSON.stringify(injected(before))).not.toContain('kube-api-access-');
    expect(afterServiceAccountAdmission(injected(before))).toEqual(injected(before));
  });

  it('leaves everything else of the pod as it was', () => {
    const pod = plainPod({
      restartPolicy: 'Never',
      tolerations: [{ key: 'spot', operator: 'Exists' }],
      volumes: [{ name: 'work', emptyDir: {} }],
      containers: [
        {
          name: 'agent',
          image: 'agent:1',
          args: ['--fast'],
          volumeMounts: [{ name: 'work', mountPath: '/work' }],
        },
      ],
    });
    const { spec } = injected(pod);
    expect(spec).toMatchObject({ restartPolicy: 'Never', tolerations: pod.spec.tolerations });
    expect(spec.volumes?.[0]).toEqual({ name: 'work', emptyDir: {} });
    expect(spec.containers[0]).toMatchObject({ image: 'agent:1', args: ['--fast'] });
    expect(spec.containers[0]?.volumeMounts?.[0]).toEqual({ name: 'work', mountPath: '/work' });
  });

  it('takes over a container that another injector added after it', () => {
    const { spec, metadata } = injected();
    const joined = podOf(
      { ...spec, containers: [{ name: 'mesh', image: 'mesh' }, ...spec.containers] },
      metadata,
    );
    expect(codes(joined)).toEqual(['NotInjected']);
    expect(codes(injected(joined))).toEqual([]);
    expect(container(injected(joined), 'agent').volumeMounts?.[0]?.name).toBe('chaperone-agent-1');
  });

  it('keeps what a LimitRange added to the sidecar where the configuration is silent', () => {
    const limited = JSON.parse(
      JSON.stringify(injected()).replace('"limits":{', '"limits":{"cpu":"2","ephemeral-storage":"1Gi",'),
    ) as Pod;
    expect(codes(limited)).toEqual([]);
    expect(container(injected(limited), 'chaperone').resources?.limits).toEqual({
      cpu: '2',
      'ephemeral-storage': '1Gi',
      memory: '128Mi',
    });
  });
});

function codes(pod: Pod): string[] {
  const answer = validateCreate(pod, config);
  return answer.kind === 'refusal' ? answer.causes.map(({ code }) => code) : [];
}

const name = fc.stringMatching(/^[a-m][a-z0-9]{0,6}$/).filter((text) => text !== 'chaperone');
const envNames = ['PATH', 'NO_PROXY', 'no_proxy', 'KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'];
const variable = fc.oneof(
  fc.record({
    name: fc.constantFrom(...envNames),
    value: fc.constantFrom('', '*', 'corp.example', '::1, corp', '$(PATH)'),
  }),
  fc.record({
    name: fc.constantFrom(...envNames),
    valueFrom: fc.constant({ configMapKeyRef: { name: 'm', key: 'k' } }),
  }),
);
const containerOf = (containerName: fc.Arbitrary<string>) =>
  fc.record(
    {
      name: containerName,
      image: fc.constant('agent:1'),
      env: fc.array(variable, { maxLength: 5 }),
      envFrom: fc.constantFrom([], [{ configMapRef: { name: 'proxy' } }]),
      volumeMounts: fc.constantFrom([], [{ name: 'work', mountPath: '/work' }]),
      restartPolicy: fc.constant('Always'),
    },
    { requiredKeys: ['name', 'image'] },
  );
const pods = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
    ordinary: fc.nat({ max: 5 }),
    automount: fc.constantFrom(undefined, true, false),
    seeds: fc.array(containerOf(fc.constant('x')), { minLength: 6, maxLength: 6 }),
  })
  .map(({ names, ordinary, automount, seeds }) => {
    const containers = names.map((own, index) => ({ ...seeds[index], name: own }));
    const split = Math.min(ordinary, names.length - 1);
    return afterServiceAccountAdmission(
      plainPod({
        ...(split > 0 && { initContainers: containers.slice(0, split) }),
        containers: containers.slice(split),
        volumes: [{ name: 'work', emptyDir: {} }],
        ...(automount !== undefined && { automountServiceAccountToken: automount }),
      }),
    );
  });

describe('rendering any pod', () => {
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        expect(injected(injected(pod))).toEqual(injected(pod));
      }),
    );
  });

  it('gives the same pod for the same pod, and leaves the given one alone', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const before = structuredClone(pod);
        expect(render(pod, config)).toEqual(render(before, config));
        expect(pod).toEqual(before);
      }),
    );
  });

  it('gives a pod that the validator accepts and to which ServiceAccount admission adds nothing', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const stored = afterServiceAccountAdmission(injected(pod));
        expect(stored).toEqual(injected(pod));
        expect(validateCreate(stored, config)).toEqual({ kind: 'allowed', patch: [] });
      }),
    );
  });

  it('gives no two containers of the agent one caller volume', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const { initContainers = [], containers } = injected(pod).spec;
        const own = [...initContainers, ...containers]
          .filter((c) => c.name !== 'chaperone')
          .map((c) => c.volumeMounts?.filter(({ mountPath }) => mountPath === TOKEN_PATH));
        expect(own.every((mounts) => mounts?.length === 1)).toBe(true);
        expect(new Set(own.map((mounts) => mounts?.[0]?.name)).size).toBe(own.length);
      }),
    );
  });
});
