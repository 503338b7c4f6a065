// The policy files of these tests, as objects.

const apiVersion = 'chaperone.dev/v1alpha1';

/** Pods, ConfigMaps and Secrets stand; a Secret's value and the Services need a Grant. */
export function policyFor(namespace: string, spec: object = {}): object {
  const core = { namespaces: [namespace], apiGroups: [''] };
  const web = { ...core, resources: ['secrets'], resourceNames: ['web'], verbs: ['get'], reveal: true };
  return {
    apiVersion,
    kind: 'AgentPolicy',
    metadata: { name: 'triage' },
    spec: {
      standing: {
        lifetime: '8h',
        rules: [
          { ...core, resources: ['pods', 'secrets'], verbs: ['get', 'list', 'watch'] },
          { ...core, resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
        ],
      },
      scopes: [
        { name: 'read-web', maxDuration: '10m', rules: [web] },
        {
          name: 'see-services',
          maxDuration: '10m',
          rules: [{ ...core, resources: ['services'], verbs: ['list', 'watch'] }],
        },
      ],
      ...spec,
    },
  };
}

export function grantOf(name: string, scope: string, duration: string): object {
  const spec = { policy: 'triage', scope, task: 'INC-4711 look at the shop', duration };
  return { apiVersion, kind: 'Grant', metadata: { name }, spec };
}
