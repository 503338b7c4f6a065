// Shapes whose pods run to their end on the node: every container calls the API by an unmodified kubectl and fails when the
// answer is not its own. They are created in a namespace that enforces Pod Security `restricted`.
import { TOKEN_PATH } from '../../injector/names.ts';
import type { Run } from './shape.ts';

const emptyDir = (name: string) => ({ name, emptyDir: {} });
const mount = (name: string, mountPath: string) => ({ volumeMounts: [{ name, mountPath }] });
const eight = Array.from({ length: 8 }, (_, index) => `c${index}`);

export const RUNS: readonly Run[] = [
  {
    name: 'init',
    shape: 'init containers that call the API before the agent, and a native sidecar of its own between them',
    result: 'each call is served; the pod ends when the agent does',
    spec: ({ container }) => ({
      initContainers: [
        container('before'),
        container('own', '$call && touch /scratch/called && sleep infinity', {
          ...mount('work', '/scratch'),
          restartPolicy: 'Always',
          startupProbe: {
            exec: { command: ['test', '-e', '/scratch/called'] },
            periodSeconds: 1,
            failureThreshold: 30,
          },
        }),
        container('after'),
      ],
      containers: [container('agent')],
      volumes: [emptyDir('work')],
    }),
  },
  {
    name: 'many',
    shape: 'eight containers that call at once',
    result: 'each call is served, and recorded under the name of its container',
    spec: ({ container }) => ({ containers: eight.map((name) => container(name)) }),
  },
  {
    name: 'parents',
    shape: 'volumes at /var/run and at /var/run/secrets',
    result: 'the token is mounted over both',
    spec: ({ container }) => ({
      containers: [
        container('agent', '$call', {
          volumeMounts: [
            { name: 'run', mountPath: '/var/run' },
            { name: 'secrets', mountPath: '/var/run/secrets' },
          ],
        }),
      ],
      volumes: [emptyDir('run'), emptyDir('secrets')],
    }),
  },
  {
    name: 'link',
    shape: 'a volume at /var in which `run` is a link that the agent made',
    result: 'the token is mounted where the link leads',
    spec: ({ container }) => ({
      initContainers: [container('link', 'ln -s /tmp /scratch/run', mount('var', '/scratch'))],
      containers: [
        container('agent', `$call && test -e /tmp${TOKEN_PATH.slice(8)}/token`, mount('var', '/var')),
      ],
      volumes: [emptyDir('var')],
    }),
  },
  {
    name: 'groups',
    shape: 'user, group, fsGroup and further groups of its own',
    result: 'the sidecar reads its credential and writes the tokens all the same',
    spec: ({ container }) => ({
      securityContext: { runAsUser: 2000, runAsGroup: 2000, fsGroup: 3000, supplementalGroups: [4000] },
      containers: [container('agent')],
    }),
  },
  {
    name: 'resources',
    shape: 'resources for the whole pod that leave room for the sidecar',
    result: 'the pod runs within them',
    spec: ({ container }) => ({
      resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
      containers: [container('agent')],
    }),
  },
  {
    name: 'dns',
    shape: 'DNS and host aliases of its own, `automountServiceAccountToken: true`, a grace period of 0 s',
    result: 'the sidecar finds the controller and the API server by address',
    spec: ({ container }) => ({
      automountServiceAccountToken: true,
      terminationGracePeriodSeconds: 0,
      hostAliases: [{ ip: '10.255.255.1', hostnames: ['kubernetes.default.svc', 'localhost'] }],
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.255.255.1'] },
      containers: [container('agent')],
    }),
  },
  {
    name: 'again',
    shape: 'a rule by which all containers are restarted, met once',
    result: 'the sidecar is restarted with the others, and serves the call that follows',
    spec: ({ container }) => ({
      containers: [
        container('agent', 'if [ ! -e /scratch/once ]; then touch /scratch/once; exit 42; fi; $call', {
          ...mount('work', '/scratch'),
          restartPolicy: 'Never',
          restartPolicyRules: [
            { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } },
          ],
        }),
      ],
      volumes: [emptyDir('work')],
    }),
  },
  {
    name: 'failing',
    shape: 'an init container that fails, `restartPolicy: Never`',
    result: 'the pod fails, and its sidecar ends',
    phase: 'Failed',
    spec: ({ container }) => ({
      initContainers: [container('setup', '$call && exit 1')],
      containers: [container('agent')],
    }),
  },
  {
    name: 'joined-before',
    shape: 'a container, a volume and a variable of another injector in front of ours',
    result: 'the container is governed as well, and its call is served',
    metadata: { labels: { joins: 'before' } },
    spec: ({ container }) => ({
      containers: [
        container('agent', 'test "$INJECTED" = yes && $call', { env: [{ name: 'OWN', value: 'x' }] }),
      ],
    }),
  },
  {
    name: 'joined-after',
    shape: 'a container of another injector behind ours',
    result: 'our webhook is called again and takes it over',
    metadata: { labels: { joins: 'after' } },
    spec: ({ container }) => ({ containers: [container('agent')] }),
  },
];
