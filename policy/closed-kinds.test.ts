import { describe, expect, test } from 'vitest';
import { closureOf } from './closed.ts';
import { parse } from './kinds/parse-strictly.ts';
import { Rule } from './kinds/rule.ts';
import { isBuiltIn, isClusterScoped, liesInNamespaces } from './namespaced.ts';
import { streamKindOf } from './stream-options.ts';

// Every resource of Kubernetes 1.36 (discovery of a real server, and what is not on by default, from pkg/registry/*/rest), and
// either that it is closed, to reads and to writes, or what keeps it harmless where a rule names it.
const CLOSED = 'closed';
/** Pods and pod templates: what they may have is the workload guard's to say (policy/guard/). */
const GUARDED = 'the workload guard judges every write';
const READ = 'it is read, or tells what no object holds';
const OWN = 'it says how its own object fares, and its labels';
const COUNT = 'it changes a number of pods';
const PLACE = 'what it holds lies in the namespace that a rule names';

const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    bindings: CLOSED,
    componentstatuses: READ,
    configmaps: PLACE,
    endpoints: PLACE,
    events: PLACE,
    limitranges: PLACE,
    namespaces: CLOSED,
    'namespaces/finalize': CLOSED,
    'namespaces/status': CLOSED,
    nodes: CLOSED,
    'nodes/proxy': CLOSED,
    'nodes/status': CLOSED,
    persistentvolumeclaims: PLACE,
    'persistentvolumeclaims/status': OWN,
    persistentvolumes: CLOSED,
    'persistentvolumes/status': CLOSED,
    pods: GUARDED,
    'pods/attach': CLOSED,
    'pods/binding': CLOSED,
    'pods/ephemeralcontainers': CLOSED,
    'pods/eviction': 'it is a delete, which asks the disruption budget first; never of the own pod',
    'pods/exec': CLOSED,
    'pods/log': READ,
    'pods/portforward': CLOSED,
    'pods/proxy': CLOSED,
    'pods/resize': 'it changes how much a container may use; never of the own pod',
    'pods/status': CLOSED,
    podtemplates: GUARDED,
    replicationcontrollers: GUARDED,
    'replicationcontrollers/scale': COUNT,
    'replicationcontrollers/status': CLOSED,
    resourcequotas: PLACE,
    'resourcequotas/status': OWN,
    secrets: 'it is masked, and given namespace by namespace',
    serviceaccounts: CLOSED,
    'serviceaccounts/token': CLOSED,
    services: PLACE,
    'services/proxy': CLOSED,
    'services/status': OWN,
  },
  'admissionregistration.k8s.io': {
    mutatingadmissionpolicies: CLOSED,
    mutatingadmissionpolicybindings: CLOSED,
    mutatingwebhookconfigurations: CLOSED,
    validatingadmissionpolicies: CLOSED,
    'validatingadmissionpolicies/status': CLOSED,
    validatingadmissionpolicybindings: CLOSED,
    validatingwebhookconfigurations: CLOSED,
  },
  'apiextensions.k8s.io': { customresourcedefinitions: CLOSED, 'customresourcedefinitions/status': CLOSED },
  'apiregistration.k8s.io': { apiservices: CLOSED, 'apiservices/status': CLOSED },
  apps: {
    controllerrevisions: CLOSED,
    daemonsets: GUARDED,
    'daemonsets/status': CLOSED,
    deployments: GUARDED,
    'deployments/scale': COUNT,
    'deployments/status': CLOSED,
    replicasets: GUARDED,
    'replicasets/scale': COUNT,
    'replicasets/status': CLOSED,
    statefulsets: GUARDED,
    'statefulsets/scale': COUNT,
    'statefulsets/status': CLOSED,
  },
  'authentication.k8s.io': {
    selfsubjectreviews: 'it says who one is; the built-in set whoami',
    tokenreviews: CLOSED,
  },
  'authorization.k8s.io': {
    localsubjectaccessreviews: CLOSED,
    selfsubjectaccessreviews: 'chaperone answers it with the policy (policy/review/)',
    selfsubjectrulesreviews: 'chaperone answers it with the policy (policy/review/)',
    subjectaccessreviews: CLOSED,
  },
  autoscaling: { horizontalpodautoscalers: COUNT, 'horizontalpodautoscalers/status': OWN },
  batch: { cronjobs: GUARDED, 'cronjobs/status': CLOSED, jobs: GUARDED, 'jobs/status': CLOSED },
  'certificates.k8s.io': {
    certificatesigningrequests: CLOSED,
    'certificatesigningrequests/approval': CLOSED,
    'certificatesigningrequests/status': CLOSED,
    clustertrustbundles: CLOSED,
    podcertificaterequests: CLOSED,
    'podcertificaterequests/status': CLOSED,
  },
  'coordination.k8s.io': { leasecandidates: PLACE, leases: PLACE },
  'discovery.k8s.io': { endpointslices: PLACE },
  'events.k8s.io': { events: PLACE },
  'flowcontrol.apiserver.k8s.io': {
    flowschemas: CLOSED,
    'flowschemas/status': CLOSED,
    prioritylevelconfigurations: CLOSED,
    'prioritylevelconfigurations/status': CLOSED,
  },
  'internal.apiserver.k8s.io': { storageversions: CLOSED, 'storageversions/status': CLOSED },
  'networking.k8s.io': {
    ingressclasses: 'it names the controller that serves an Ingress',
    ingresses: PLACE,
    'ingresses/status': OWN,
    ipaddresses: CLOSED,
    networkpolicies: "what it holds lies in the namespace that a rule names; never the own pod's",
    servicecidrs: CLOSED,
    'servicecidrs/status': CLOSED,
  },
  'node.k8s.io': { runtimeclasses: CLOSED },
  policy: { poddisruptionbudgets: PLACE, 'poddisruptionbudgets/status': OWN },
  'rbac.authorization.k8s.io': {
    clusterrolebindings: CLOSED,
    clusterroles: CLOSED,
    rolebindings: CLOSED,
    roles: CLOSED,
  },
  'resource.k8s.io': {
    deviceclasses: CLOSED,
    devicetaintrules: CLOSED,
    'devicetaintrules/status': CLOSED,
    resourceclaims: 'a device class decides what may be claimed',
    'resourceclaims/status': CLOSED,
    resourceclaimtemplates: 'a device class decides what may be claimed',
    resourcepoolstatusrequests: READ,
    'resourcepoolstatusrequests/status': OWN,
    resourceslices: CLOSED,
  },
  'scheduling.k8s.io': {
    podgroups: PLACE,
    'podgroups/status': OWN,
    priorityclasses: CLOSED,
    workloads: 'it says how pods are scheduled together, and carries no pod template',
  },
  'storage.k8s.io': {
    csidrivers: CLOSED,
    csinodes: CLOSED,
    csistoragecapacities: PLACE,
    storageclasses: CLOSED,
    volumeattachments: CLOSED,
    'volumeattachments/status': CLOSED,
    volumeattributesclasses: CLOSED,
  },
  'storagemigration.k8s.io': { storageversionmigrations: CLOSED, 'storageversionmigrations/status': CLOSED },
};

const every = Object.entries(kinds).flatMap(([group, resources]) =>
  Object.entries(resources).map(([resource, reason]) => [group, resource, reason] as const),
);
const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;
const READS = ['get', 'list', 'watch'] as const;

test.each(every)('%s %s: %s', (group, resource, reason) => {
  for (const verb of WRITES)
    expect(closureOf(group, resource, verb) !== undefined, verb).toBe(reason === CLOSED);
  if (reason !== CLOSED)
    for (const verb of READS) expect(closureOf(group, resource, verb), verb).toBeUndefined();
});

test('and these are the built-in kinds, each in namespaces or in none', () => {
  for (const [group, resource] of every) {
    expect(isBuiltIn(group, resource), resource).toBe(true);
    expect(liesInNamespaces(group, resource), resource).toBe(!isClusterScoped(group, resource));
  }
  for (const [group, resource] of [
    ['example.com', 'things'],
    ['apps', 'things'],
    ['extensions', 'deployments'],
    ['', 'toString'],
    ['constructor', 'name'],
  ] as const)
    expect(isBuiltIn(group, resource), resource).toBe(false);
});

describe('whatever a rule is written like', () => {
  const rule = (group: string, resource: string, verb: string, more: object = {}) =>
    parse(Rule, { namespaces: ['shop'], apiGroups: [group], resources: [resource], verbs: [verb], ...more });

  test('none writes what is closed by breadth, and none at all what is closed for good', () => {
    for (const [group, resource] of every)
      for (const verb of [...WRITES, ...READS]) {
        const openness = closureOf(group, resource, verb)?.openness;
        const byName = rule(group, resource, verb, { resourceNames: ['web'] });
        const asked = `${verb} ${group}/${resource}`;
        if (openness !== undefined) expect(rule(group, resource, verb).kind, asked).toBe('invalid');
        if (openness === 'never') expect(byName.kind, asked).toBe('invalid');
        // A stream wants more than the pod's name (kinds/stream-rule.test.ts).
        const isStream = streamKindOf(group, resource) !== undefined;
        if (openness === 'named' && verb !== 'deletecollection' && !isStream)
          expect(byName.kind, asked).toBe('valid');
      }
  });

  test.each([
    'bind',
    'escalate',
    'impersonate',
    'approve',
    'sign',
    'attest',
    'use',
    'proxy',
    'options',
    '*',
    '',
  ])('the verb %j is in no rule', (verb) => {
    expect(rule('rbac.authorization.k8s.io', 'roles', verb)).toMatchObject({ field: 'verbs[0]' });
    expect(rule('', 'configmaps', verb)).toMatchObject({ field: 'verbs[0]' });
  });

  test('a deletecollection goes with no resourceNames, and the complaint says so', () => {
    expect(rule('', 'configmaps', 'deletecollection', { resourceNames: ['web'] })).toEqual({
      kind: 'invalid',
      field: 'verbs',
      why: 'has deletecollection, which names no object and so does not go with resourceNames',
    });
    expect(rule('', 'configmaps', 'deletecollection').kind).toBe('valid');
  });

  test('there is no field for labels', () => {
    for (const field of ['labelSelector', 'matchLabels', 'selector', 'labels'])
      expect(rule('', 'configmaps', 'get', { [field]: { app: 'web' } })).toMatchObject({
        field,
        why: 'is not a field of this kind',
      });
  });
});
