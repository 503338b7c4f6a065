// What a rule lets pods have that an agent writes under it, by name: each entry is one thing that the workload guard would
// refuse (policy/guard/). Without it, a rule that lets workloads be written lets them have none of this.
import * as z from 'zod';
import { KEEPING, workloadOf } from '../guard/workload-kinds.ts';
import { line, objectName, subdomain } from './words.ts';

const hostPath = z
  .string()
  .max(253)
  .regex(/^\/[-A-Za-z0-9._/]*$/, 'is not an absolute path (there is no wildcard)');

const capability = z
  .string()
  .max(63)
  .regex(/^[A-Z][A-Z0-9_]*$/, 'is not a capability such as NET_ADMIN (there is no wildcard)');

const names = <T extends z.ZodString>(name: T, what: string) =>
  z.array(name).min(1).max(32).optional().describe(what);

export const PodSpecPermits = z.strictObject({
  secrets: names(objectName, 'Secrets that they may mount, read by env, or pull with.'),
  serviceAccountNames: names(subdomain, 'ServiceAccounts that they may run as, with the token of each.'),
  hostPaths: names(hostPath, 'Paths of the node, each exactly as a hostPath volume says it.'),
  hostNamespaces: z
    .array(z.enum(['network', 'pid', 'ipc']))
    .min(1)
    .max(3)
    .optional()
    .describe("Namespaces of the node that they may share; network includes the node's ports."),
  privileged: z.literal(true).optional().describe('Their containers may be privileged.'),
  capabilities: names(capability, 'Capabilities beyond those of Pod Security "baseline".'),
  tokenAudiences: names(line, 'Audiences that they may mount ServiceAccount tokens for.'),
  csiDrivers: names(subdomain, 'Drivers of inline CSI volumes; a driver may be given tokens of the pod.'),
});

export type PodSpecPermits = z.infer<typeof PodSpecPermits>;

interface Rule {
  readonly apiGroups?: readonly string[] | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly verbs: readonly string[];
  readonly podSpec?: PodSpecPermits | undefined;
}

/** Why a rule with `podSpec` is none; undefined: it has none, or gives writes of workloads and nothing else. */
export function misplaced({ apiGroups = [], resources = [], verbs, podSpec }: Rule): string | undefined {
  if (podSpec === undefined) return undefined;
  if (!verbs.every((verb) => KEEPING.has(verb))) return 'goes only with verbs create, update and patch';
  const other = apiGroups
    .flatMap((group) => resources.map((each) => [group, each] as const))
    .find(([group, each]) => workloadOf(group, each) === undefined);
  if (other === undefined && resources.length > 0) return undefined;
  return 'goes only with pods and the built-in kinds that carry a pod template: give others a rule of their own';
}

/** Whether `inner` permits nothing that `outer` does not. */
export function permitsWithin(inner: PodSpecPermits | undefined, outer: PodSpecPermits | undefined): boolean {
  return Object.entries(inner ?? {}).every(([field, value]) => {
    const most: unknown = outer?.[field as keyof PodSpecPermits];
    if (!Array.isArray(value)) return value === undefined || most === value;
    return value.every((each) => Array.isArray(most) && most.includes(each));
  });
}
