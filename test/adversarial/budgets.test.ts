// What happens to a call while it is counted: nothing of it is forwarded or answered before, and a permit that has ended
// meanwhile is not used.
import { once } from 'node:events';
import type { ClientHttp2Stream } from 'node:http2';
import { afterAll, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import type { Counter } from '../../sidecar/spending.ts';
import type { SpendRequest } from '../../wire/spend.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { waitFor } from '../cluster/wait.ts';
import { refusalOf } from './answers.ts';
import { govern } from './governed.ts';

/** Says that there is room, as soon as a test lets it. */
const asked: { readonly ask: SpendRequest; readonly say: () => void }[] = [];
const counter: Counter = (ask) =>
  new Promise((resolve) => asked.push({ ask, say: () => resolve({ kind: 'spent' }) }));
const next = (verb: SpendRequest['verb']) =>
  waitFor({
    what: 'the call to be counted',
    timeoutMs: 20_000,
    probe: () => (asked[0]?.ask.verb === verb ? asked.shift() : undefined),
  });

const governed = await govern(await suiteCluster(), 'counting', { counter });
afterAll(() => governed[Symbol.asyncDispose]());
const { agent, namespace } = governed;
const path = `/api/v1/namespaces/${namespace}/configmaps`;
const rule: Rule = {
  namespaces: [namespace],
  apiGroups: [''],
  resources: ['configmaps'],
  verbs: ['get', 'create', 'delete'],
};
const budgets = [{ verbs: ['create' as const, 'delete' as const, 'patch' as const], max: 3, per: '10m' }];
const rules: Rule[] = [
  rule,
  { ...rule, resources: ['pods/eviction'], verbs: ['create'] },
  { ...rule, resources: ['secrets'], verbs: ['patch'] },
];
governed.entitle({ rules, budgets });
const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'made', namespace } });
const post = (query = '') =>
  agent.call('h2', {
    method: 'POST',
    path: `${path}${query}`,
    headers: { 'content-type': 'application/json' },
    body,
  });

test('nothing is forwarded before it was counted, under the Audit-ID that it is forwarded with', async () => {
  const answered = post();
  const { ask, say } = await next('create');
  expect(await governed.arrived()).toEqual([]);
  say();
  expect((await answered).status).toBe(201);
  expect((await governed.arrived()).map(({ auditID }) => auditID)).toEqual([ask.auditId]);
});

test('before a write was counted not even the object that it is judged against is read', async () => {
  const answered = agent.call('h2', {
    method: 'PATCH',
    path: path.replace('configmaps', 'secrets/none'),
    headers: { 'content-type': 'application/merge-patch+json' },
    body: '{}',
  });
  const { say } = await next('patch');
  expect(await governed.arrived()).toEqual([]);
  say();
  expect((await answered).status).toBe(404);
  expect((await governed.arrived()).map(({ verb }) => verb)).toEqual(['get', 'patch']);
});

test('a call is counted when its body is whole, in whatever order they begin', async () => {
  const session = agent.session();
  const begin = () =>
    session.request(
      {
        ':method': 'DELETE',
        ':path': `${path}/none`,
        authorization: `Bearer ${agent.token}`,
        'content-type': 'application/json',
      },
      { endStream: false },
    );
  const statusOf = async (stream: ClientHttp2Stream) => (await once(stream, 'response'))[0][':status'];
  const options = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions' });
  const slow = begin();
  slow.write(options.slice(0, -1));
  const whole = begin();
  whole.end(options);
  const { ask, say } = await next('delete');
  say();
  expect(await statusOf(whole)).toBe(404);
  expect((await governed.arrived()).map(({ auditID }) => auditID)).toEqual([ask.auditId]);
  expect(asked).toEqual([]);
  slow.end(options.slice(-1));
  (await next('delete')).say();
  expect(await statusOf(slow)).toBe(404);
  await governed.arrived();
});

test('a call that is refused for its body is counted, and keeps that refusal', async () => {
  const answered = agent.call('h2', {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: body.slice(0, -1),
  });
  (await next('create')).say();
  expect(refusalOf(await answered)).toBe('400 MalformedBody');
});

test('a permit that is revoked while its call is counted is not used', async () => {
  const answered = agent.call('h1', { method: 'DELETE', path: `${path}/made` });
  const { say } = await next('delete');
  governed.entitle({ rules: [{ ...rule, verbs: ['get'] }], budgets });
  say();
  expect(refusalOf(await answered)).toBe('403 NoRule');
  governed.entitle({ rules, budgets });
  expect(await governed.arrived()).toEqual([]);
});

test('a call that is refused is answered when it was counted', async () => {
  let isAnswered = false;
  const answered = agent.call('h2', { method: 'DELETE', path: '/api/v1/namespaces/other/configmaps/made' });
  void answered.then(() => {
    isAnswered = true;
  });
  const { say } = await next('delete');
  expect(isAnswered).toBe(false);
  say();
  expect(refusalOf(await answered)).toBe('403 NoRule');
});

test('a dry run is not counted, and changes nothing; of a delete it is', async () => {
  expect((await post('?dryRun=All')).status).toBe(409);
  expect(asked).toEqual([]);
  const deleted = agent.call('h2', { method: 'DELETE', path: `${path}/made?dryRun=All` });
  (await next('delete')).say();
  expect((await deleted).status).toBe(200);
});

test('an eviction is counted as the delete that it is', async () => {
  const name = { name: 'web', namespace };
  const answered = agent.call('h1', {
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods/web/eviction`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: name }),
  });
  (await next('delete')).say();
  expect((await answered).status).toBe(404);
});

test('who is not known counts nothing, and neither does what cannot be read', async () => {
  const ask = { method: 'DELETE', path: `${path}/made` };
  expect(refusalOf(await agent.call('h1', { ...ask, token: 'wrong' }))).toBe('401 UnknownCaller');
  expect(refusalOf(await agent.call('h1', { ...ask, path: `${path}//made` }))).toBe('400 MalformedTarget');
  expect(asked).toEqual([]);
});
