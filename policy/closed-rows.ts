// The rows of the closed list, by API group: every built-in kind by which an agent could widen its own access, run something
// that no rule names, or reach around chaperone. What stands in no row is left to the rules; closed.test.ts walks every kind.

/** `never`: no rule opens it. `named`: only a rule with this object's name in resourceNames. */
export type Openness = 'never' | 'named';

export interface ClosedRow {
  readonly apiGroup: string;
  /** `resource` stands for its subresources too, unless a row names one; undefined: every resource of the group. */
  readonly resources: readonly string[] | undefined;
  readonly reads: Openness | 'open';
  readonly writes: Openness;
  /** A clause of our own words: `it is an identity`. */
  readonly why: string;
}

const READ_BY_NAME = { reads: 'named', writes: 'never' } as const;
const READ_ONLY = { reads: 'open', writes: 'never' } as const;
const NEVER = { reads: 'never', writes: 'never' } as const;
const BY_NAME = { reads: 'named', writes: 'named' } as const;

/** Of pods, and of what makes them: a StatefulSet's says which older template its pods are made from. */
const STATUS = 'it is what controllers know of their own work, and they act on it';

const row = (
  apiGroup: string,
  resources: readonly string[] | undefined,
  opens: Pick<ClosedRow, 'reads' | 'writes'>,
  why: string,
): ClosedRow => ({ apiGroup, resources, ...opens, why });

/** Where a group has no row of its own for a resource, the row for all of the group decides. */
export const closedRows: readonly ClosedRow[] = [
  row(
    '',
    [
      'pods/exec',
      'pods/attach',
      'pods/portforward',
      'pods/proxy',
      'pods/ephemeralcontainers',
      'services/proxy',
    ],
    BY_NAME,
    'it reaches into a running container',
  ),
  row('', ['nodes/proxy'], NEVER, 'it is a shell on every pod of the node'),
  row('', ['serviceaccounts/token'], NEVER, 'it hands out credentials'),
  row('', ['serviceaccounts'], READ_BY_NAME, 'it is an identity'),
  row('', ['namespaces'], READ_BY_NAME, 'its labels decide what chaperone governs'),
  row('', ['nodes'], READ_BY_NAME, 'it is the machine below every pod'),
  row('', ['persistentvolumes'], READ_BY_NAME, 'it can mount a path of the machine'),
  row('', ['bindings', 'pods/binding'], NEVER, 'it puts a pod onto a machine, past the scheduler'),
  row('', ['pods/status', 'replicationcontrollers/status'], READ_ONLY, STATUS),
  row('admissionregistration.k8s.io', undefined, READ_BY_NAME, 'it decides what the API server admits'),
  row('apiextensions.k8s.io', undefined, READ_BY_NAME, 'it defines kinds, those of chaperone too'),
  row('apiregistration.k8s.io', undefined, READ_BY_NAME, 'it sends API calls to another server'),
  row('apps', ['controllerrevisions'], READ_ONLY, 'pods are made from it, and no workload guard reads it'),
  row(
    'apps',
    ['daemonsets/status', 'deployments/status', 'replicasets/status', 'statefulsets/status'],
    READ_ONLY,
    STATUS,
  ),
  row('authentication.k8s.io', ['tokenreviews'], NEVER, 'it judges credentials'),
  row(
    'authorization.k8s.io',
    ['subjectaccessreviews', 'localsubjectaccessreviews'],
    NEVER,
    'it tells what others may do',
  ),
  row('batch', ['cronjobs/status', 'jobs/status'], READ_ONLY, STATUS),
  row('certificates.k8s.io', undefined, READ_BY_NAME, 'it hands out or trusts certificates'),
  row('chaperone.dev', undefined, READ_BY_NAME, 'it decides what agents may do'),
  row('flowcontrol.apiserver.k8s.io', undefined, READ_BY_NAME, 'it can starve others of the API server'),
  row('internal.apiserver.k8s.io', undefined, READ_BY_NAME, 'it is how API servers know of each other'),
  row('networking.k8s.io', ['ipaddresses', 'servicecidrs'], READ_ONLY, 'it gives Services their addresses'),
  row('node.k8s.io', undefined, READ_ONLY, 'it decides how pods are kept from the machine'),
  row('rbac.authorization.k8s.io', undefined, READ_BY_NAME, 'it decides who may do what'),
  row(
    'resource.k8s.io',
    ['deviceclasses', 'devicetaintrules', 'resourceslices', 'resourceclaims/status'],
    READ_ONLY,
    'it hands out devices of the machine',
  ),
  row(
    'scheduling.k8s.io',
    ['priorityclasses'],
    READ_ONLY,
    'it can push the pods of others off their machines',
  ),
  row('storage.k8s.io', ['csidrivers'], READ_BY_NAME, 'it hands out tokens of pods'),
  row(
    'storage.k8s.io',
    ['csinodes', 'storageclasses', 'volumeattachments', 'volumeattributesclasses'],
    READ_ONLY,
    'it decides what volumes are made of, and with whose Secrets',
  ),
  row('storagemigration.k8s.io', undefined, READ_ONLY, 'it has every object of a kind written again'),
];
