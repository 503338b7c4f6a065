// The policy that governs the agent, and the two Grants that it is given.
import { ACCOUNT, AGENT, type Names, WEB } from './names.ts';

export interface Kind {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

const chaperone = <S extends object>(kind: string, name: string, { agents }: Names, spec: S) => ({
  apiVersion: 'chaperone.dev/v1alpha1',
  kind,
  metadata: { name, namespace: agents },
  spec,
});

const webTls = ({ shop }: Names, ...verbs: string[]) => ({
  namespaces: [shop],
  apiGroups: [''],
  resources: ['secrets'],
  resourceNames: ['web-tls'],
  verbs,
});

export const MAX_DELETES = 3;

export const policy = (names: Names) =>
  chaperone('AgentPolicy', 'triage', names, {
    agents: { serviceAccounts: [ACCOUNT] },
    standing: {
      lifetime: '8h',
      rules: [
        {
          namespaces: [names.shop],
          apiGroups: [''],
          resources: ['pods', 'pods/log', 'events'],
          verbs: ['get', 'list', 'watch'],
        },
        {
          namespaces: [names.shop],
          apiGroups: [''],
          resources: ['configmaps'],
          verbs: ['list', 'delete'],
        },
        {
          namespaces: [names.shop],
          apiGroups: [''],
          resources: ['pods/exec'],
          resourceNames: [WEB],
          verbs: ['create'],
          containers: [WEB],
          commands: [['ls']],
        },
      ],
    },
    budgets: [{ verbs: ['delete'], max: MAX_DELETES, per: '10m' }],
    never: [
      { allNamespaces: true, apiGroups: [''], resources: ['pods'], verbs: ['delete', 'deletecollection'] },
    ],
    scopes: [
      {
        name: 'renew-web-tls',
        maxDuration: '10m',
        rules: [
          { ...webTls(names, 'get'), reveal: true },
          webTls(names, 'get', 'patch'),
          {
            namespaces: [names.shop],
            apiGroups: [''],
            resources: ['configmaps'],
            verbs: ['get', 'list', 'watch'],
          },
        ],
      },
    ],
  });

const grant = (name: string, names: Names, uid: string, duration: string, more: object = {}) =>
  chaperone('Grant', name, names, {
    pod: { name: AGENT, uid },
    policy: 'triage',
    scope: 'renew-web-tls',
    task: 'INC-4711 renew the shop certificate',
    duration,
    ...more,
  });

/** Narrower than its scope: the Secret without its values, to read and to change. */
export const maskedGrant = (names: Names, uid: string) =>
  grant('inc-4711-look', names, uid, '10m', { rules: [webTls(names, 'get', 'patch')] });

export const GRANT_SECONDS = 5;
export const revealingGrant = (names: Names, uid: string) =>
  grant('inc-4711-renew', names, uid, `${GRANT_SECONDS}s`);
