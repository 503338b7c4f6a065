// For tests only: a configuration, the pods of a plain agent, and what the API server does to a pod around the webhooks.
import { mutateCreate } from './admit.ts';
import type { InjectorConfig } from './config.ts';
import { TOKEN_PATH } from './names.ts';
import { type Container, mapContainers, type Pod, readPod } from './pod.ts';

export const config: InjectorConfig = {
  image: 'registry.example/chaperone-sidecar:1.2.3',
  imagePullPolicy: 'IfNotPresent',
  command: ['node', '/app/sidecar.mjs'],
  resources: { limits: { memory: '128Mi' }, requests: { cpu: '20m' } },
  controller: 'https://10.96.0.20:8443',
  controlCa: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  apiServer: 'https://10.96.0.1:443',
  apiServerCa: '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n',
};

/** A pod as the API decodes it; throws when the fixture itself is none. */
export function podOf(spec: object, metadata: object = {}): Pod {
  const pod = readPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'agent', namespace: 'agents', ...metadata },
    spec,
  });
  if (pod === undefined) throw new Error('the fixture is no pod');
  return pod;
}

export function plainPod(more: object = {}): Pod {
  return podOf({
    containers: [{ name: 'agent', image: 'agent:1' }],
    serviceAccountName: 'triage-bot',
    ...more,
  });
}

/** What ServiceAccount admission does to a pod on CREATE (plugin/pkg/admission/serviceaccount). */
export function afterServiceAccountAdmission(pod: Pod): Pod {
  if (pod.spec.automountServiceAccountToken === false) return pod;
  const name = pod.spec.volumes?.find((v) => v.name.startsWith('kube-api-access-'))?.name;
  const mount = { name: name ?? 'kube-api-access-x7x9z', mountPath: TOKEN_PATH, readOnly: true };
  const mounted = mapContainers(pod, (container) =>
    container.volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_PATH)
      ? container
      : { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] },
  );
  if (name !== undefined || JSON.stringify(mounted) === JSON.stringify(pod)) return mounted;
  const volume = {
    name: mount.name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  };
  return { ...mounted, spec: { ...mounted.spec, volumes: [...(pod.spec.volumes ?? []), volume] } };
}

/** The pod as the mutating webhook leaves it, its patch applied; throws when it was refused. */
export function injected(pod: Pod = plainPod()): Pod {
  const admission = mutateCreate(pod, config);
  if (admission.kind === 'refusal') throw new Error(JSON.stringify(admission.causes));
  const fields = admission.patch.map(({ path, value }) => [path.replace('/spec/', ''), value]);
  return podOf({ ...pod.spec, ...Object.fromEntries(fields) }, pod.metadata);
}

/** A copy of the pod with one of its containers, of any kind, changed. */
export function withContainer(pod: Pod, name: string, change: (container: Container) => Container): Pod {
  return mapContainers(pod, (container) => (container.name === name ? change(container) : container));
}

/** The codes of a refusal; none where there is no refusal. */
export function codesOf(answer: { kind: string; causes?: readonly { code: string }[] }): string[] {
  return answer.causes?.map(({ code }) => code) ?? [];
}
