// Unmodified kubectl asks what its agent may do: the answer is the policy's AND the API server's, a no has its reason, and the
// list of rights is what both allow.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { factsOf, grantOf, NOW_EPOCH_MS, policyOf } from '../../policy/fixtures.ts';
import type { Rule } from '../../policy/kinds/rule.ts';
import { isClusterScoped, liesInNamespaces } from '../../policy/namespaced.ts';
import { takeSnapshot } from '../../policy/take-snapshot.ts';
import { enveloped, message } from '../../policy/written/test-protobuf.ts';
import type { Credential } from '../../sidecar/credential.ts';
import type { Json } from '../adversarial/answers.ts';
import { govern } from '../adversarial/governed.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';

const cluster = await suiteCluster();
let bearer: string | undefined;
const credential: Credential = {
  present: async () => (bearer === undefined ? undefined : { kind: 'presented', bearer }),
};
const governed = await govern(cluster, 'reviews', { credential });
const { namespace, agent } = governed;
const cache = await mkdtemp(join(tmpdir(), 'kubectl-'));
afterAll(async () => {
  await rm(cache, { recursive: true, force: true });
  await governed[Symbol.asyncDispose]();
});

const kubectl = (...args: string[]) =>
  cluster.kubectl([...args, '--cache-dir', cache], { kubeconfig: governed.kubeconfig });
const canI = async (...args: string[]) => {
  const { code, stdout, stderr } = await kubectl('auth', 'can-i', ...args);
  return { code, says: stdout.trimEnd(), stderr };
};
const YES = { code: 0, says: 'yes' };
const no = (why: RegExp) => ({ code: 1, says: expect.stringMatching(why) });

const here = { namespaces: [namespace], apiGroups: [''] };
const pods: Rule = { ...here, resources: ['pods', 'pods/log'], verbs: ['get', 'list', 'watch'] };
const everywhere: Rule = { allNamespaces: true, apiGroups: [''], resources: ['events'], verbs: ['list'] };
const node: Rule = {
  clusterScoped: true,
  apiGroups: [''],
  resources: ['nodes'],
  resourceNames: ['n1'],
  verbs: ['get'],
};
const tls: Rule = {
  ...here,
  resources: ['secrets'],
  resourceNames: ['web-tls'],
  verbs: ['get'],
  reveal: true,
};
const rules = [pods, everywhere, node];
const never = [{ ...here, resources: ['services'], verbs: ['delete' as const] }];

/** The scope `read-tls` that a Grant gives for so long; 0: it has ended; undefined: none was given. */
function entitle(grantMs?: number, mode?: 'Observe'): void {
  const scopes = [{ name: 'read-tls', maxDuration: '1h', rules: [tls] }];
  const expiresAt = new Date(NOW_EPOCH_MS + (grantMs ?? 0)).toISOString();
  const policies = [policyOf({ standing: { lifetime: '8h', rules }, never, scopes, mode })];
  const grants = grantMs === undefined ? [] : [grantOf({ scope: 'read-tls' }, { expiresAt })];
  governed.take(takeSnapshot(factsOf({ policies, grants })));
}

const mighty = governed.realToken;
const narrow = await narrowToken();
bearer = mighty;
entitle();

/** May read two named pods and list all of them, and nothing else. */
async function narrowToken(): Promise<string> {
  const rbac = 'rbac.authorization.k8s.io';
  const metadata = { name: 'narrow', namespace };
  await create(
    cluster,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
        { apiGroups: [''], resources: ['pods'], resourceNames: ['web', 'db'], verbs: ['get'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'narrow' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
  );
  return (await ok(cluster.kubectl(['create', 'token', 'narrow', '-n', namespace]))).trim();
}

describe('kubectl auth can-i', () => {
  test.each([
    ['get', 'pods'],
    ['list', 'pods'],
    ['get', 'pods', '--subresource=log'],
    ['get', 'nodes/n1'],
    ['list', 'events', '-A'],
    ['get', '/version'],
    ['create', 'selfsubjectaccessreviews.authorization.k8s.io'],
  ])('says yes to %s %s %s', async (...asked) => {
    expect(await canI(...asked.filter((word) => word !== undefined))).toMatchObject(YES);
  });

  test.each<[string[], RegExp]>([
    [
      ['delete', 'pods'],
      /^no - chaperone refuses delete pods in namespace \S+: no rule .*; it allows get, list, watch of pods in namespace \S+\. Ask the owners of that policy/,
    ],
    [['delete', 'services'], /^no - .*: AgentPolicy agents\/triage never\[0\] says never\. Stop here: /],
    [
      ['get', 'secrets/web-tls'],
      /^no - .*: scope read-tls of AgentPolicy agents\/triage covers it, .* Ask for a Grant: tell /,
    ],
    [['list', 'nodes'], /^no - chaperone refuses list nodes across the cluster: it is on the closed list/],
    [['get', 'pods', '-A'], /^no - .*asks for every namespace at once, and get is of one/],
    [['*', '*'], /^no - chaperone refuses "\*" "\*" .*no single call is that: a star/],
    [['get', '/metrics'], /^no - chaperone refuses get \/metrics: no rule/],
    [['create', 'subjectaccessreviews.authorization.k8s.io'], /^no - .*it tells what others may do/],
  ])('says no to %j, with what decided and what to do next', async (asked, why) => {
    const answer = await canI(...asked);
    expect(answer).toMatchObject(no(why));
    expect(answer.says).not.toContain('API server');
  });

  test('says no where the API server does, and that it is its no', async () => {
    bearer = narrow;
    const [list, log, neither, some] = await Promise.all([
      canI('list', 'pods'),
      canI('get', 'pods', '--subresource=log'),
      canI('get', 'configmaps'),
      canI('get', 'pods/web'),
    ]).finally(() => {
      bearer = mighty;
    });
    expect(list).toMatchObject(YES);
    expect(some).toMatchObject(YES);
    expect(log).toMatchObject(
      no(/^no - AgentPolicy agents\/triage standing.rules\[0\] covers it, and the API server does not/),
    );
    expect(neither).toMatchObject(
      no(/^no - chaperone refuses get configmaps .* The API server does not allow it either\.$/),
    );
  });

  test('says yes within a Grant and no after its end, as the call itself is answered', async () => {
    entitle(60_000);
    expect(await canI('get', 'secrets/web-tls')).toMatchObject(YES);
    entitle(0);
    expect(await canI('get', 'secrets/web-tls')).toMatchObject(
      no(/covered it and has ended\. Ask for a Grant/),
    );
    entitle();
  });

  test('under a policy that observes says yes, and no to what holds in it too', async () => {
    entitle(undefined, 'Observe');
    const [lifted, closed] = await Promise.all([canI('delete', 'pods'), canI('list', 'nodes')]);
    entitle();
    expect(lifted).toMatchObject(YES);
    expect(closed).toMatchObject(no(/closed list/));
  });

  test('without a policy is refused as every call is, with the reason', async () => {
    governed.take(takeSnapshot(factsOf({ policies: [] })));
    const answer = await canI('get', 'pods');
    entitle();
    expect(answer).toMatchObject({ code: 1, says: '' });
    expect(answer.stderr).toMatch(
      /\(Forbidden\).*no valid AgentPolicy names the ServiceAccount agents\/triage-bot/,
    );
  });
});

describe('kubectl auth can-i --list', () => {
  /** Lines of rights, without those of every authenticated user. */
  const listed = async (kubeconfig?: string) => {
    const argv = ['auth', 'can-i', '--list', '--no-headers', '-n', namespace, '--cache-dir', cache];
    const { code, stdout, stderr } = await cluster.kubectl(argv, {
      kubeconfig: kubeconfig ?? governed.kubeconfig,
    });
    expect(code, stderr).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).join(' | '));
    return { lines: lines.filter((line) => !/selfsubject|healthz|livez|readyz/.test(line)), stderr };
  };
  const discovery = ['/api', '/api/*', '/apis', '/apis/*', '/openapi/*', '/version'];

  test('is what the policy allows of what the API server lists, and says what could be asked for', async () => {
    const { lines, stderr } = await listed();
    expect(lines.slice().sort()).toEqual(
      [
        'events | [] | [] | [list]',
        'nodes | [] | [n1] | [get]',
        'pods/log | [] | [] | [get list watch]',
        'pods | [] | [] | [get list watch]',
        ...discovery.flatMap((path) => ['get', 'head'].map((verb) => ` | [${path}] | [] | [${verb}]`)),
      ].sort(),
    );
    expect(stderr).toBe(
      'Warning: chaperone: with a Grant AgentPolicy agents/triage allows scope read-tls (get of secrets named web-tls in ' +
        `namespace ${namespace})\n`,
    );
  });

  test('has what a Grant gives, and nothing to ask for then', async () => {
    entitle(60_000);
    const { lines, stderr } = await listed();
    entitle();
    expect(lines).toContain('secrets | [] | [web-tls] | [get]');
    expect(stderr).toBe('');
  });

  test('is no more than RBAC gives', async () => {
    bearer = narrow;
    const { lines } = await listed().finally(() => {
      bearer = mighty;
    });
    expect(lines.filter((line) => line.startsWith('pods'))).toEqual([
      'pods | [] | [db] | [get]',
      'pods | [] | [web] | [get]',
      'pods | [] | [] | [list]',
    ]);
    expect(lines.some((line) => /^(events|nodes|secrets)/.test(line))).toBe(false);
  });

  test('under a policy that observes says that there is more', async () => {
    entitle(undefined, 'Observe');
    const { stderr } = await listed();
    entitle();
    expect(stderr).toMatch(
      /Warning: the list may be incomplete: chaperone lets more through than this: AgentPolicy/,
    );
  });
});

describe('on the wire', () => {
  const group = 'authorization.k8s.io/v1';
  const itself = 'system:serviceaccount:agents:triage-bot';
  const attributes = (verb: string) => ({ namespace, verb, resource: 'pods' });
  const post = async (path: string, body: string | Buffer, headers: Record<string, string> = {}) => {
    const { status, json } = await agent.call('h2', {
      method: 'POST',
      path: `/apis/${group}/${path}`,
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    return { status, body: json() as Json };
  };
  const about = (verb: string, kind: string, more: object = {}) =>
    JSON.stringify({ apiVersion: group, kind, spec: { resourceAttributes: attributes(verb), ...more } });

  test('client-go asks in protobuf, and is answered in the JSON that it takes as well', async () => {
    const protobuf = 'application/vnd.kubernetes.protobuf';
    const asked = (verb: string) => {
      const what = message([1, namespace], [2, verb], [3, ''], [4, ''], [5, 'pods'], [6, ''], [7, '']);
      const raw = message([1, message([1, ''])], [2, message([1, what])], [3, message([1, 0], [2, ''])]);
      return Buffer.from(enveloped(group, 'SelfSubjectAccessReview', raw));
    };
    const headers = { 'content-type': protobuf, accept: `${protobuf},application/json` };
    const self = 'selfsubjectaccessreviews';
    expect(await post(self, asked('get'), headers)).toMatchObject({
      status: 201,
      body: { status: { allowed: true } },
    });
    expect(await post(self, asked('delete'), headers)).toMatchObject({
      status: 201,
      body: {
        kind: 'SelfSubjectAccessReview',
        status: { allowed: false, reason: expect.stringMatching(/no rule/) },
      },
    });
    expect((await post(self, asked('get'), { ...headers, accept: protobuf })).status).toBe(406);
  });

  test('a review that names the agent itself is answered as its own, in its own kind', async () => {
    const local = `namespaces/${namespace}/localsubjectaccessreviews`;
    const groups = ['system:serviceaccounts:agents'];
    await governed.arrived();
    for (const [path, kind] of [
      [local, 'LocalSubjectAccessReview'],
      ['subjectaccessreviews', 'SubjectAccessReview'],
    ] as const) {
      expect(await post(path, about('get', kind, { user: itself, groups }))).toMatchObject({
        status: 201,
        body: {
          kind,
          spec: { user: itself, groups, resourceAttributes: attributes('get') },
          status: { allowed: true },
        },
      });
      expect(await post(path, about('delete', kind, { user: itself }))).toMatchObject({
        body: {
          kind,
          status: { allowed: false, reason: expect.stringMatching(/chaperone refuses delete pods/) },
        },
      });
    }
    const arrived = await governed.arrived();
    expect(arrived.map(({ requestURI }) => requestURI)).toEqual(
      Array(4).fill(`/apis/${group}/selfsubjectaccessreviews`),
    );
  });

  test.each<[string, object]>([
    ['another user', { user: 'kubernetes-admin' }],
    ['nobody', {}],
    ['a group of others', { user: itself, groups: ['system:masters'] }],
    ['a group alone', { groups: ['system:serviceaccounts'] }],
    ['a UID', { user: itself, uid: '0b9f' }],
    ['extra', { user: itself, extra: { scopes: ['all'] } }],
  ])('one that names %s does not arrive', async (_, subject) => {
    const answer = await post('subjectaccessreviews', about('get', 'SubjectAccessReview', subject));
    expect(answer).toMatchObject({
      status: 403,
      body: { message: expect.stringMatching(/closed list: it tells what others/) },
    });
    expect(await governed.arrived()).toEqual([]);
  });

  test.each([
    ['another user', { user: 'kubernetes-admin' }, 400, /spec\.user is not a field/],
    ['what it does not know', { resourceAttributes: { ...attributes('get'), tenant: 'a' } }, 400, /tenant/],
    ['two questions', { nonResourceAttributes: { path: '/', verb: 'get' } }, 400, /exactly one/],
    [
      'a selector that the server refuses',
      { resourceAttributes: { ...attributes('list'), fieldSelector: {} } },
      422,
      /fieldSelector/,
    ],
  ])('a review of its own with %s is refused', async (_, spec, status, why) => {
    const answer = await post('selfsubjectaccessreviews', about('get', 'SelfSubjectAccessReview', spec));
    expect(answer).toMatchObject({ status, body: { kind: 'Status', message: expect.stringMatching(why) } });
  });
});

describe('kubectl auth whoami', () => {
  const whoAmI = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const credentialOf = `system:serviceaccount:${namespace}:mighty`;

  test('is the agent', async () => {
    expect(await ok(kubectl('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'))).toBe(
      credentialOf,
    );
  });

  test('is nobody else, whatever is asked', async () => {
    // kubectl keeps the reason for which whoami is refused to itself.
    expect((await kubectl('auth', 'whoami', '--as=jane')).code).toBe(1);
    for (const header of ['impersonate-user', 'impersonate-uid', 'x-remote-user']) {
      const refused = await agent.call('h1', {
        method: 'POST',
        path: whoAmI,
        body: '{}',
        headers: { [header]: 'jane' },
      });
      expect(refused.json()).toMatchObject({ kind: 'Status', message: expect.stringContaining(header) });
    }
    const forged = { status: { userInfo: { username: 'jane', groups: ['system:masters'] } } };
    const body = JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
      ...forged,
    });
    const headers = { 'content-type': 'application/json' };
    const answer = await agent.call('h1', { method: 'POST', path: whoAmI, body, headers });
    expect(answer.json()).toMatchObject({ status: { userInfo: { username: credentialOf } } });
  });
});

test('what is known to lie in namespaces, or in none, does', async () => {
  const names = async (namespaced: boolean) =>
    (await ok(cluster.kubectl(['api-resources', '-o', 'name', `--namespaced=${namespaced}`])))
      .trimEnd()
      .split('\n')
      .map((name) => [name.split('.').slice(1).join('.'), name.split('.', 1)[0] ?? ''] as const);
  for (const [group, resource] of await names(true))
    expect([resource, isClusterScoped(group, resource)]).toEqual([resource, false]);
  for (const [group, resource] of await names(false)) {
    expect([resource, liesInNamespaces(group, resource)]).toEqual([resource, false]);
    if (!group.includes('.') || group.endsWith('.k8s.io'))
      expect([resource, isClusterScoped(group, resource)]).toEqual([resource, true]);
  }
});
