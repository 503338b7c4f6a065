// The closed list: what no rule reaches by breadth, because it would widen the agent's own access or reach around chaperone.
// RBAC's escalation check does not help here: it looks at the agent's RBAC, which is wider than its policy.

/** `never`: no rule opens it. `named`: only a rule with this object's name in resourceNames. */
export type Openness = 'never' | 'named';

export interface Closure {
  readonly openness: Openness;
  readonly why: string;
}

interface ClosedRow {
  readonly apiGroup: string;
  /** `resource` stands for its subresources too, unless a row names one; undefined: every resource of the group. */
  readonly resources: readonly string[] | undefined;
  readonly reads: Openness;
  readonly writes: Openness;
  readonly why: string;
}

export const READ_VERBS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

const READ_BY_NAME = { reads: 'named', writes: 'never' } as const;
const NEVER = { reads: 'never', writes: 'never' } as const;
const BY_NAME = { reads: 'named', writes: 'named' } as const;

/** The exact resource decides, else its parent, else its group. */
const closedRows: readonly ClosedRow[] = [
  {
    apiGroup: '',
    resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy'],
    ...BY_NAME,
    why: 'it reaches into a running container',
  },
  { apiGroup: '', resources: ['nodes/proxy'], ...NEVER, why: 'it is a shell on every pod of the node' },
  { apiGroup: '', resources: ['serviceaccounts/token'], ...NEVER, why: 'it hands out credentials' },
  { apiGroup: '', resources: ['serviceaccounts'], ...READ_BY_NAME, why: 'it is an identity' },
  {
    apiGroup: '',
    resources: ['namespaces'],
    ...READ_BY_NAME,
    why: 'its labels decide what chaperone governs',
  },
  { apiGroup: '', resources: ['nodes'], ...READ_BY_NAME, why: 'it is the machine below every pod' },
  {
    apiGroup: '',
    resources: ['persistentvolumes'],
    ...READ_BY_NAME,
    why: 'it can mount a path of the machine',
  },
  {
    apiGroup: 'storage.k8s.io',
    resources: ['csidrivers'],
    ...READ_BY_NAME,
    why: 'it hands out tokens of pods',
  },
  {
    apiGroup: 'rbac.authorization.k8s.io',
    resources: undefined,
    ...READ_BY_NAME,
    why: 'it decides who may do what',
  },
  { apiGroup: 'authentication.k8s.io', resources: ['tokenreviews'], ...NEVER, why: 'it judges credentials' },
  {
    apiGroup: 'authorization.k8s.io',
    resources: ['subjectaccessreviews', 'localsubjectaccessreviews'],
    ...NEVER,
    why: 'it tells what others may do',
  },
  {
    apiGroup: 'certificates.k8s.io',
    resources: undefined,
    ...READ_BY_NAME,
    why: 'it hands out or trusts certificates',
  },
  {
    apiGroup: 'apiextensions.k8s.io',
    resources: undefined,
    ...READ_BY_NAME,
    why: 'it defines kinds, those of chaperone too',
  },
  {
    apiGroup: 'apiregistration.k8s.io',
    resources: undefined,
    ...READ_BY_NAME,
    why: 'it sends API calls to another server',
  },
  {
    apiGroup: 'admissionregistration.k8s.io',
    resources: undefined,
    ...READ_BY_NAME,
    why: 'it decides what the API server admits',
  },
  {
    apiGroup: 'flowcontrol.apiserver.k8s.io',
    resources: undefined,
    ...READ_BY_NAME,
    why: 'it can starve others of the API server',
  },
  { apiGroup: 'chaperone.dev', resources: undefined, ...READ_BY_NAME, why: 'it decides what agents may do' },
];

/** Group → resource, or `*` for the whole group → row. No resource is called `*`: the kinds refuse it. */
const byGroup = new Map<string, Map<string, ClosedRow>>();
for (const row of closedRows) {
  const rows = byGroup.get(row.apiGroup) ?? new Map<string, ClosedRow>();
  byGroup.set(row.apiGroup, rows);
  for (const resource of row.resources ?? ['*']) rows.set(resource, row);
}

/** What closes a verb on a resource, `pods/log` for a subresource; undefined: the ordinary rules decide. */
export function closureOf(apiGroup: string, resource: string, verb: string): Closure | undefined {
  const rows = byGroup.get(apiGroup);
  if (rows === undefined) return undefined;
  const row = rows.get(resource) ?? rows.get(resource.split('/', 1)[0] ?? '') ?? rows.get('*');
  if (row === undefined) return undefined;
  return { openness: READ_VERBS.has(verb) ? row.reads : row.writes, why: row.why };
}
