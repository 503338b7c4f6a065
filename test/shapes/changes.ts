// Changes of a living pod and what becomes of them: by an update, a resize, or an ephemeral container.
import { TOKEN_PATH } from '../../injector/names.ts';
import type { RefusalCode } from '../../injector/refusals.ts';

export interface Change {
  /** What changes; completes "an injected pod that loses, gets or changes". */
  readonly shape: string;
  /** As `kubectl patch` takes it: a list of named things is merged by their names. */
  readonly patch: object;
  readonly subresource?: 'resize' | 'ephemeralcontainers';
  readonly code?: RefusalCode;
  readonly note?: string;
}

type More = Pick<Change, 'note' | 'subresource'>;
const allowed = (shape: string, patch: object, more: More = {}): Change => ({ shape, patch, ...more });
const refused = (code: RefusalCode, shape: string, patch: object, more: More = {}): Change => ({
  shape,
  patch,
  code,
  ...more,
});

const RESIZE = { subresource: 'resize' } as const;
const debugging = (more: object) => ({
  spec: { ephemeralContainers: [{ name: 'debugger', image: 'busybox:1', ...more }] },
});
const DEBUG = { subresource: 'ephemeralcontainers' } as const;
const agent = (more: object) => ({ spec: { containers: [{ name: 'agent', ...more }] } });
const sidecar = (more: object) => ({ spec: { initContainers: [{ name: 'chaperone', ...more }] } });
const limits = (memory: string) => ({ resources: { limits: { memory }, requests: { memory } } });

export const CHANGES: readonly Change[] = [
  allowed('labels', { metadata: { labels: { ticket: 'INC-4711' } } }),
  allowed(
    'annotations',
    { metadata: { annotations: { 'chaperone.dev/image': 'evil' } } },
    {
      note: 'no annotation sets what the sidecar is',
    },
  ),
  allowed(
    'a finalizer',
    { metadata: { finalizers: ['example.com/held'] } },
    {
      note: 'also of a pod from before an upgrade of chaperone, or from before its namespace was labelled',
    },
  ),
  allowed('a toleration', { spec: { tolerations: [{ key: 'spot', operator: 'Exists' }] } }),
  allowed('a deadline', { spec: { activeDeadlineSeconds: 60 } }),
  allowed("the agent's image", agent({ image: 'agent:2' })),
  allowed("the agent's resources", agent(limits('64Mi')), RESIZE),
  refused('SidecarChanged', "the sidecar's image", sidecar({ image: 'evil:1' })),
  refused('SidecarChanged', "the sidecar's resources", sidecar(limits('1Mi')), RESIZE),
  refused(
    'SidecarChanged',
    'the resources of the whole pod',
    { spec: { resources: { limits: { memory: '10Mi' } } } },
    RESIZE,
  ),
  refused('SidecarChanged', "AppArmor's older annotation for the sidecar", {
    metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/chaperone': 'unconfined' } },
  }),
  allowed('a debugger (`kubectl debug --profile=restricted`)', debugging({}), {
    ...DEBUG,
    note: 'it has no token: the sidecar answers 401',
  }),
  allowed('a debugger at the agent (`--target=agent`)', debugging({ targetContainerName: 'agent' }), {
    ...DEBUG,
    note: 'it sees what the agent sees, its token too; what it does with that is told as the agent',
  }),
  refused(
    'ReachesSidecar',
    'a debugger at the sidecar (`--target=chaperone`)',
    debugging({ targetContainerName: 'chaperone' }),
    DEBUG,
  ),
  refused(
    'ReachesSidecar',
    "a debugger that mounts the sidecar's keys",
    debugging({ volumeMounts: [{ name: 'chaperone-identity', mountPath: '/k' }] }),
    DEBUG,
  ),
  refused(
    'ReachesSidecar',
    "a debugger that mounts the agent's token",
    debugging({ volumeMounts: [{ name: 'chaperone-agent-0', mountPath: TOKEN_PATH, readOnly: true }] }),
    DEBUG,
  ),
  refused(
    'ReachesSidecar',
    'a debugger that reads a variable from a file of ours',
    debugging({
      env: [{ name: 'K', valueFrom: { fileKeyRef: { volumeName: 'chaperone-spool', path: 'p', key: 'k' } } }],
    }),
    DEBUG,
  ),
  refused(
    'AddedCapability',
    'a debugger that may trace (`--profile=general`, the default)',
    debugging({ securityContext: { capabilities: { add: ['SYS_PTRACE'] } } }),
    DEBUG,
  ),
  refused(
    'Privileged',
    'a privileged debugger (`--profile=sysadmin`)',
    debugging({ securityContext: { privileged: true } }),
    DEBUG,
  ),
  refused(
    'ReservedId',
    "a debugger with the sidecar's user",
    debugging({ securityContext: { runAsUser: 61443 } }),
    DEBUG,
  ),
  refused(
    'UnmaskedProc',
    'a debugger with an unmasked /proc',
    debugging({ securityContext: { procMount: 'Unmasked' } }),
    DEBUG,
  ),
];

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the API server makes of such a patch, as far as those above go. */
export function applied(target: unknown, patch: unknown): unknown {
  if (Array.isArray(patch) && patch.every((each) => isObject(each) && 'name' in each)) {
    const list = (Array.isArray(target) ? target : []) as Json[];
    const known = list.map((old) => applied(old, patch.find(({ name }) => name === old.name) ?? {}));
    return [...known, ...patch.filter(({ name }) => !list.some((old) => old.name === name))];
  }
  if (!isObject(patch)) return patch;
  const old = isObject(target) ? target : {};
  const fields = Object.entries(patch).map(([key, value]) => [key, applied(old[key], value)]);
  return { ...old, ...Object.fromEntries(fields) };
}
