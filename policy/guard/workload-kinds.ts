// The built-in kinds that are pods or carry a pod template, and where it stands in them: what the guard is asked about.
// One table: the webhook's rules, the rules that take `podSpec` and the sidecar's refusals come from it.
import type { ApiRequest } from '../api-request.ts';

interface Workload {
  readonly apiGroup: string;
  /** With its subresource, as a rule names it. */
  readonly resource: string;
  /** The fields from the object to what has the `spec` of its pods. */
  readonly path: readonly string[];
}

const TEMPLATE = ['spec', 'template'];

export const WORKLOADS: readonly Workload[] = [
  { apiGroup: '', resource: 'pods', path: [] },
  { apiGroup: '', resource: 'pods/ephemeralcontainers', path: [] },
  { apiGroup: '', resource: 'podtemplates', path: ['template'] },
  { apiGroup: '', resource: 'replicationcontrollers', path: TEMPLATE },
  { apiGroup: 'apps', resource: 'deployments', path: TEMPLATE },
  { apiGroup: 'apps', resource: 'statefulsets', path: TEMPLATE },
  { apiGroup: 'apps', resource: 'daemonsets', path: TEMPLATE },
  { apiGroup: 'apps', resource: 'replicasets', path: TEMPLATE },
  { apiGroup: 'batch', resource: 'jobs', path: TEMPLATE },
  { apiGroup: 'batch', resource: 'cronjobs', path: ['spec', 'jobTemplate', ...TEMPLATE] },
];

/** The verbs after which the object is there. */
export const KEEPING: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

const byKey = new Map(WORKLOADS.map((each) => [`${each.apiGroup}/${each.resource}`, each]));

/** Undefined: no built-in kind that carries pods. `resource` with its subresource. */
export const workloadOf = (apiGroup: string, resource: string): Workload | undefined =>
  byKey.get(`${apiGroup}/${resource}`);

/** Whether a request writes pods or a template of them, and the object is there afterwards. */
export function writesWorkload(request: ApiRequest): boolean {
  if (request.kind === 'nonResource' || !KEEPING.has(request.verb)) return false;
  const { apiGroup, resource, subresource } = request;
  return (
    workloadOf(apiGroup, subresource === undefined ? resource : `${resource}/${subresource}`) !== undefined
  );
}
