// Shapes of a pod by its containers and what they are given: number, order, environment.
import { agent, container, injected, refused, type Section } from './shape.ts';

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => container(index === 0 ? 'agent' : `c${index}`));
const variable = (name: string, value: string) => agent({ env: [{ name, value }] });
const variableFrom = (name: string, valueFrom: object) => agent({ env: [{ name, valueFrom }] });
const SAME_ADDRESS = 'it is overridden: the last word is the address of the sidecar';

export const CONTAINERS: Section = {
  title: 'Containers',
  shapes: [
    injected(
      'init containers that call the API, native sidecars among them',
      {
        initContainers: [
          container('clone'),
          container('mesh', { restartPolicy: 'Always' }),
          container('setup'),
        ],
      },
      { note: 'the sidecar starts before all of them' },
    ),
    injected('100 containers', { containers: many(100) }, { note: 'each has a token of its own' }),
    refused('TooMany', 'more than 100 containers', { containers: many(102) }),
    injected(
      'rules that restart a container, or all of them',
      agent({
        restartPolicy: 'Never',
        restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }],
      }),
      { note: 'the sidecar is restarted with the others' },
    ),
    injected(
      'probes, hooks and ports',
      agent({
        ports: [{ containerPort: 8080 }],
        readinessProbe: { httpGet: { port: 8080 } },
        lifecycle: { preStop: { exec: { command: ['true'] } } },
      }),
    ),
    refused('ReservedName', 'a container named `chaperone`', {
      containers: [container('agent'), container('chaperone')],
    }),
    refused('ReservedName', 'an init container named `chaperone` that is no sidecar of ours, and another', {
      initContainers: [container('setup')],
      containers: [container('chaperone')],
    }),
  ],
};

export const ENVIRONMENT: Section = {
  title: 'Environment',
  shapes: [
    injected('`KUBERNETES_SERVICE_HOST` of its own', variable('KUBERNETES_SERVICE_HOST', '10.96.0.1'), {
      note: SAME_ADDRESS,
    }),
    injected(
      '`KUBERNETES_SERVICE_HOST` by fieldRef',
      variableFrom('KUBERNETES_SERVICE_HOST', { fieldRef: { fieldPath: 'status.hostIP' } }),
      { note: SAME_ADDRESS },
    ),
    injected(
      'the same, or `NO_PROXY`, by envFrom',
      agent({ envFrom: [{ configMapRef: { name: 'environment' } }] }),
      { note: 'the address is overridden, NO_PROXY extended' },
    ),
    injected('`HTTPS_PROXY`', variable('HTTPS_PROXY', 'http://proxy:3128'), {
      note: 'NO_PROXY spares the loopback names',
    }),
    injected('`NO_PROXY`', variable('NO_PROXY', 'corp.example'), {
      note: 'it is extended by the loopback names',
    }),
    injected(
      '`NO_PROXY` from a ConfigMap key',
      variableFrom('NO_PROXY', { configMapKeyRef: { name: 'environment', key: 'no' } }),
      { note: 'it is left as it is: put 127.0.0.1 into it' },
    ),
    injected('`KUBECONFIG`', variable('KUBECONFIG', '/scratch/config'), {
      note: 'a client that reads it goes where it says, with the credential that it holds',
    }),
    ...[
      ['IRSA', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
      ['EKS Pod Identity', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
      ['EKS Pod Identity, its token', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
      ['ECS credentials', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
      ['ECS credentials, their token', 'AWS_CONTAINER_AUTHORIZATION_TOKEN'],
      ['Azure workload identity', 'AZURE_FEDERATED_TOKEN_FILE'],
    ].map(([what = '', name = '']) =>
      refused('CloudIdentity', `${what} (\`${name}\`)`, variable(name, '/var/run/x')),
    ),
  ],
};
