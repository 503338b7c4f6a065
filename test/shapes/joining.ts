// Other injectors, without a server: MutatingAdmissionPolicies (admissionregistration.k8s.io/v1), which the API server runs
// before its webhooks, and again once a webhook has changed the pod.

type Patch = {
  readonly op: 'add' | 'replace';
  readonly path: string;
  readonly value: unknown;
  readonly type: string;
};

const HAS_SIDECAR = "object.spec.?initContainers.orValue([]).exists(c, c.name == 'chaperone')";

/** A JSON value as CEL, whose objects have the type of the field they are for. */
function cel(value: unknown, type: string): string {
  if (Array.isArray(value)) return `[${value.map((each) => cel(each, type)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, each]) => `${key}: ${cel(each, `${type}.${key}`)}`);
  return `${type}{${fields.join(', ')}}`;
}

interface Joining {
  readonly name: string;
  readonly namespace: string;
  /** Whether it changes a pod that has its sidecar, or one that has none yet. */
  readonly when: 'before' | 'after';
  readonly patches: readonly Patch[];
}

/** The policy and its binding: of the pods of a namespace that are labelled `joins: <name>`, each is changed so, once. */
export function joining({ name, namespace, when, patches }: Joining): object[] {
  const own = { name: `${namespace}-${name}` };
  const list = patches.map(
    ({ op, path, value, type }) => `JSONPatch{op: "${op}", path: "${path}", value: ${cel(value, type)}}`,
  );
  const changes = `[${list.join(', ')}]`;
  const expression =
    when === 'after' ? `${HAS_SIDECAR} ? ${changes} : []` : `${HAS_SIDECAR} ? [] : ${changes}`;
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const policy = {
    apiVersion,
    kind: 'MutatingAdmissionPolicy',
    metadata: own,
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'IfNeeded',
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        objectSelector: { matchLabels: { joins: name } },
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] },
        ],
      },
      // A condition of its own would not do: only what matched the first time is called again.
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
    },
  };
  const binding = {
    apiVersion,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: own,
    spec: { policyName: own.name },
  };
  return [policy, binding];
}

const CONTAINERS = 'Object.spec.containers';

/** Every injector of pod-shapes-node.test.ts; `container` is what two of them add. */
export const injectors = (namespace: string, container: (name: string) => object): object[] => [
  ...joining({
    name: 'before',
    namespace,
    when: 'before',
    patches: [
      { op: 'add', path: '/spec/containers/-', value: container('front'), type: CONTAINERS },
      {
        op: 'add',
        path: '/spec/volumes/-',
        value: { name: 'front', emptyDir: {} },
        type: 'Object.spec.volumes',
      },
      {
        op: 'add',
        path: '/spec/containers/0/env/-',
        value: { name: 'INJECTED', value: 'yes' },
        type: `${CONTAINERS}.env`,
      },
    ],
  }),
  ...joining({
    name: 'after',
    namespace,
    when: 'after',
    patches: [{ op: 'add', path: '/spec/containers/-', value: container('behind'), type: CONTAINERS }],
  }),
  ...joining({
    name: 'reaches',
    namespace,
    when: 'after',
    patches: [
      {
        op: 'add',
        path: '/spec/containers/0/volumeMounts/-',
        value: { name: 'chaperone-credential', mountPath: '/stolen' },
        type: `${CONTAINERS}.volumeMounts`,
      },
    ],
  }),
  ...joining({
    name: 'replaces',
    namespace,
    when: 'after',
    patches: [
      { op: 'replace', path: '/spec/initContainers/0/image', value: 'localhost/evil:1', type: 'string' },
    ],
  }),
];
