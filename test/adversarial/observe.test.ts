// An agent under a policy that observes and covers nothing it asks for: only the policy's own word is silent, at the door of
// the real data plane and over both protocols; everything else is refused as ever, and all of it is recorded.
import { afterAll, describe, expect, test } from 'vitest';
import { LineNotKept, type LineSink } from '../../sidecar/line-sink.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { seed } from '../search/seeds.ts';
import { PROTOCOLS } from './agent.ts';
import { refusalOf } from './answers.ts';
import { govern } from './governed.ts';

const cluster = await suiteCluster();
const lines: Record<string, unknown>[] = [];
let keeps = true;
const records: LineSink = {
  async keep(line) {
    if (!keeps) throw new LineNotKept('the test keeps nothing');
    lines.push(JSON.parse(line));
  },
};
const governed = await govern(cluster, 'observing', { records });
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

const core = `/api/v1/namespaces/${namespace}`;
const pods = { namespaces: [namespace], apiGroups: [''], resources: ['pods'], verbs: ['list' as const] };
const observing = { rules: [pods], mode: 'Observe' } as const;
governed.entitle(observing);
const hidden = seed('observed');
const VALUE = Buffer.from(hidden).toString('base64');
await ok(
  cluster.kubectl(['create', 'secret', 'generic', 'web', '-n', namespace, `--from-literal=p=${hidden}`]),
);
const JSON_TYPE = { 'content-type': 'application/json' };
const configMap = (name: string, data: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test('a call that no rule covers gets the answer of the API server, and no sign of ours', async () => {
    const body = configMap(`made-${protocol}`, { a: 'b' });
    const made = await agent.call(protocol, {
      method: 'POST',
      path: `${core}/configmaps`,
      headers: JSON_TYPE,
      body,
    });
    expect(made.status).toBe(201);
    expect(made.json().metadata.name).toBe(`made-${protocol}`);
    const listed = await agent.call(protocol, { path: `${core}/pods` });
    const added = Object.keys(made.headers).filter((name) => !(name in listed.headers));
    expect(added).toEqual([]);
    expect(lines.findLast(({ verb }) => verb === 'create')).toMatchObject({ insteadRefusal: 'NoRule' });
  });

  test.each([
    ['a target that could be read twice', { path: `${core}//configmaps` }, '400 MalformedTarget'],
    ['a caller nobody knows', { path: `${core}/configmaps`, token: null }, '401 UnknownCaller'],
    [
      'another identity',
      { path: `${core}/configmaps`, headers: { 'impersonate-user': 'admin' } },
      /^40[03] /,
    ],
    [
      'a Secret in a form that cannot be masked',
      { path: `${core}/secrets`, headers: { accept: 'application/yaml' } },
      '406 NotAcceptable',
    ],
    [
      'what is on the closed list',
      {
        method: 'POST',
        path: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`,
        body: '{}',
      },
      '403 ClosedList',
    ],
    [
      'its own policy',
      {
        method: 'PUT',
        path: '/apis/chaperone.dev/v1alpha1/namespaces/agents/agentpolicies/triage',
        body: '{}',
      },
      '403 ClosedList',
    ],
  ])('refuses %s, and nothing arrives', async (_, ask, refusal) => {
    await governed.arrived();
    expect(refusalOf(await agent.call(protocol, ask))).toMatch(refusal);
    expect(await governed.arrived()).toEqual([]);
  });

  test('shows a Secret masked, and lets no sentinel of it be stored', async () => {
    const shown = await agent.call(protocol, { path: `${core}/secrets/web` });
    expect(shown.status).toBe(200);
    expect(shown.body.toString()).not.toContain(VALUE);
    const body = configMap('copy', shown.json().data);
    const copy = { method: 'POST', path: `${core}/configmaps`, headers: JSON_TYPE, body };
    expect(refusalOf(await agent.call(protocol, copy))).toBe('403 SentinelInWrite');
  });

  test('makes no call whose record cannot be kept', async () => {
    await governed.arrived();
    keeps = false;
    const refused = await agent.call(protocol, { path: `${core}/configmaps` });
    keeps = true;
    expect(refusalOf(refused)).toBe('503 RecordFailed');
    expect(await governed.arrived()).toEqual([]);
  });

  test('a watch goes on past the end of its rule, and its account says what would have ended it', async () => {
    const watching = { ...pods, resources: ['configmaps'], verbs: ['watch' as const] };
    governed.entitle({ ...observing, rules: [watching] });
    const open = await agent.stream(protocol, { path: `${core}/configmaps?watch=1` });
    governed.entitle({ ...observing, rules: [watching], standingMs: 0 });
    await ok(cluster.kubectl(['create', 'configmap', `late-${protocol}`, '-n', namespace]));
    await open.until(new RegExp(`late-${protocol}`));
    governed.entitle({ ...observing, mode: 'Enforce' });
    const { how } = await open.end;
    expect(how).toBe('complete');
    expect(open.text()).toMatch(/"type":"ERROR".*"code":403/);
    expect(governed.ended.findLast(({ verb }) => verb === 'watch')).toMatchObject({
      decision: 'permit',
      rule: expect.stringContaining('standing.rules[0]'),
      insteadRefusal: 'StandingEnded',
      refusal: 'NoRule',
    });
    governed.entitle(observing);
  });

  test('without a lease nothing goes through', async () => {
    governed.entitle({ ...observing, leaseMs: 0 });
    expect(refusalOf(await agent.call(protocol, { path: `${core}/pods` }))).toBe('503 StaleLease');
    governed.entitle(observing);
  });
});

test('refuses an upgrade where the API server need not stream', async () => {
  const headers = { upgrade: 'websocket', connection: 'Upgrade' };
  const refused = await agent.call('h1', { path: `${core}/configmaps?watch=1`, headers });
  expect(refusalOf(refused)).toBe('400 UpgradeRefused');
});
