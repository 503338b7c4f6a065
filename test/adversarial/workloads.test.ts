// Writes of pods and their templates at the sidecar: nothing arrives that no workload guard would see, and what no webhook
// sees is judged by the sidecar itself.
import { afterAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { PROTOCOLS } from './agent.ts';
import { refusalOf } from './answers.ts';
import { govern } from './governed.ts';
import { widely } from './widely.ts';

const cluster = await suiteCluster();
const JSON_TYPE = { 'content-type': 'application/json' };

describe('where a webhook is to judge', async () => {
  const governed = await govern(cluster, 'unguarded');
  const { agent, namespace } = governed;
  afterAll(() => governed[Symbol.asyncDispose]());
  const core = `/api/v1/namespaces/${namespace}`;

  test.each([
    ['POST', `${core}/pods`],
    ['PATCH', `${core}/pods/a`],
    ['POST', `${core}/replicationcontrollers`],
    ['PUT', `/apis/apps/v1/namespaces/${namespace}/deployments/a`],
    ['POST', `/apis/apps/v1/namespaces/${namespace}/statefulsets?dryRun=All`],
    ['POST', `/apis/batch/v1/namespaces/${namespace}/jobs`],
    ['PATCH', `/apis/batch/v1/namespaces/${namespace}/cronjobs/a`],
  ])('nothing arrives until it is in force, in either mode: %s %s', async (method, path) => {
    for (const mode of ['Enforce', 'Observe'] as const) {
      governed.entitle({ rules: widely(namespace), mode, guarded: false });
      await governed.arrived();
      for (const protocol of PROTOCOLS) {
        const answered = await agent.call(protocol, { method, path, body: '{}', headers: JSON_TYPE });
        expect(refusalOf(answered)).toBe('503 NotGuarded');
      }
      expect(await governed.arrived()).toEqual([]);
    }
  });

  test('what it does not judge is not kept back', async () => {
    governed.entitle({ rules: widely(namespace), guarded: false });
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    expect((await agent.call('h2', { path })).status).toBe(200);
    expect((await agent.call('h2', { method: 'DELETE', path: `${path}/a` })).status).toBe(404);
  });

  test.each([
    ['POST', `${core}/pods/a/binding`],
    ['POST', `${core}/bindings`],
    ['POST', `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`],
  ])('what places pods or brings them back never arrives: %s %s', async (method, path) => {
    governed.entitle({ rules: widely(namespace) });
    await governed.arrived();
    const answered = await agent.call('h1', { method, path, body: '{}', headers: JSON_TYPE });
    expect(refusalOf(answered)).toBe('403 ClosedList');
    expect(await governed.arrived()).toEqual([]);
  });
});

describe('where the sidecar judges', async () => {
  const governed = await govern(cluster, 'judging', { judgesWorkloads: true });
  const { agent, namespace } = governed;
  afterAll(() => governed[Symbol.asyncDispose]());
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const deployment = (spec: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web' }], ...spec },
      },
    },
  });
  const named = { podSpec: { serviceAccountNames: ['default'], secrets: ['known'] } };
  const rules = [
    ...widely(namespace),
    {
      namespaces: [namespace],
      apiGroups: ['apps'],
      resources: ['deployments'],
      verbs: ['create' as const, 'update' as const],
      ...named,
    },
  ];
  const mounts = (secretName: string) => deployment({ volumes: [{ name: 'v', secret: { secretName } }] });
  const send = (method: string, target: string, body: object | string, type = 'application/json') =>
    agent.call('h2', {
      method,
      path: target,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': type },
    });

  test.each(['Enforce', 'Observe'] as const)('under %s, the whole object that is sent', async (mode) => {
    governed.entitle({ rules, mode });
    await governed.arrived();
    const refused = await send('POST', path, mounts('web-tls'));
    expect(refusalOf(refused)).toBe('403 PodSecret');
    expect(refused.json().message).toContain('spec.template.spec.volumes[0].secret.secretName');
    expect(refusalOf(await send('PUT', `${path}/web`, mounts('web-tls')))).toBe('403 PodSecret');
    expect(await governed.arrived()).toEqual([]);
  });

  test('a patch says too little, and a body that is not JSON nothing', async () => {
    governed.entitle({ rules });
    await governed.arrived();
    for (const type of [
      'merge-patch+json',
      'strategic-merge-patch+json',
      'json-patch+json',
      'apply-patch+yaml',
    ]) {
      const body = type === 'json-patch+json' ? '[]' : deployment({});
      const target = `${path}/web?fieldManager=a`;
      expect(refusalOf(await send('PATCH', target, body, `application/${type}`)), type).toMatch(
        /403 WorkloadPatch/,
      );
    }
    expect(refusalOf(await send('POST', path, '', 'application/json'))).toBe('415 UnsupportedMediaType');
    expect(await governed.arrived()).toEqual([]);
  });

  test('what a rule names is stored, and so is a patch of what carries no pods', async () => {
    governed.entitle({ rules });
    expect((await send('POST', path, mounts('known'))).status).toBe(201);
    expect((await send('PUT', `${path}/web`, mounts('known'))).status).toBe(200);
    const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
    await send('POST', configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    expect(
      (await send('PATCH', `${configMaps}/a`, { data: { a: 'b' } }, 'application/merge-patch+json')).status,
    ).toBe(200);
  });
});
