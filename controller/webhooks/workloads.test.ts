import { expect, test } from 'vitest';
import { injected, plainPod } from '../../injector/fixtures.ts';
import { entitlementsOf, policyOf } from '../../policy/fixtures.ts';
import type { Asking } from '../guard/agents.ts';
import { answerReview } from './admission.ts';
import { routes, type WebhookSources } from './routes.ts';

const write = { namespaces: ['shop'], apiGroups: ['apps'], resources: ['deployments'] };
const entitlements = entitlementsOf({
  policies: [
    policyOf({
      mode: 'Observe',
      standing: {
        lifetime: '8h',
        rules: [
          { ...write, verbs: ['create'], podSpec: { serviceAccountNames: ['web'], secrets: ['known'] } },
        ],
      },
    }),
  ],
});
const agent: Asking = { kind: 'agent', entitlements, nowMs: 1 };

const deployment = (spec: object) => ({
  spec: { template: { spec: { serviceAccountName: 'web', ...spec } } },
});
const mounts = (secretName: string) => deployment({ volumes: [{ name: 'v', secret: { secretName } }] });

async function answered(by: Asking | Error, request: object = {}) {
  const askedBy = async () => {
    if (by instanceof Error) throw by;
    return by;
  };
  const decide = routes({ agents: { askedBy } } as unknown as WebhookSources)['validate-workloads'];
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      operation: 'CREATE',
      namespace: 'shop',
      name: 'web',
      userInfo: { username: 'system:serviceaccount:agents:triage-bot' },
      object: mounts('web-tls'),
      oldObject: null,
      ...request,
    },
  };
  const { response } = await answerReview(review, decide as NonNullable<typeof decide>);
  return response.allowed ? 'allowed' : response.status;
}

test('refuses an agent, also one that is only observed, with the field and what would permit it', async () => {
  expect(await answered(agent)).toMatchObject({
    code: 403,
    message: expect.stringContaining(
      'chaperone refuses create deployments.apps "web" in namespace shop: spec.template.spec.volumes[0].secret.secretName',
    ),
    details: {
      causes: [{ reason: 'PodSecret', field: 'spec.template.spec.volumes[0].secret.secretName' }, {}, {}],
    },
  });
});

test('lets through what a rule names, for the verb that it names', async () => {
  expect(await answered(agent, { object: mounts('known') })).toBe('allowed');
  expect(
    await answered(agent, { object: mounts('known'), oldObject: mounts('x'), operation: 'UPDATE' }),
  ).toMatchObject({ code: 403 });
  expect(await answered(agent, { oldObject: mounts('web-tls'), operation: 'UPDATE' })).toBe('allowed');
});

test("a pod of the agent's own has a sidecar by now, and that is no finding", async () => {
  const pod = injected(plainPod({ serviceAccountName: 'triage-bot' }));
  const request = {
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'agents',
    object: pod,
  };
  expect(await answered(agent, request)).toBe('allowed');
  expect(await answered(agent, { ...request, namespace: 'shop' })).toMatchObject({ code: 403 });
});

test('has nothing to say of others', async () => {
  expect(await answered({ kind: 'other' })).toBe('allowed');
});

test('refuses where it cannot tell, and what it does not decide', async () => {
  expect(await answered({ kind: 'unproven' })).toMatchObject({
    code: 503,
    details: { retryAfterSeconds: 5 },
  });
  expect(await answered(agent, { operation: 'DELETE' })).toMatchObject({ code: 403 });
  const other = { group: 'example.com', version: 'v1', resource: 'webs' };
  expect(await answered(agent, { resource: other })).toMatchObject({ code: 403 });
  await expect(answered(new Error('no answer'))).rejects.toThrow('no answer');
});
