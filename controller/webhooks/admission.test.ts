// The one reader and printer of AdmissionReviews, with all that is decided behind it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { config, injected, plainPod } from '../../injector/fixtures.ts';
import { policyOf } from '../../policy/fixtures.ts';
import type { AgentFacts } from '../guard/agents.ts';
import { answerReview } from './admission.ts';
import type { GrantFacts } from './grants.ts';
import { routes } from './routes.ts';

const facts = {
  controller: 'system:serviceaccount:chaperone-system:chaperone',
  isInjected: async () => true,
  mayApprove: async () => true,
  countGrants: async () => 0,
  readPolicies: async () => [policyOf()],
} satisfies GrantFacts & { isInjected: unknown };
const webhooks = routes({ injector: () => config, policies: facts, grants: facts, agents: {} as AgentFacts });

const answer = (webhook: string, body: unknown) => {
  const decide = webhooks[webhook];
  if (decide === undefined) throw new Error(`there is no webhook ${webhook}`);
  return answerReview(body, decide);
};

const reviewOf = (more: object = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'a-uid',
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'agents',
    name: 'agent',
    userInfo: { username: 'jane' },
    object: plainPod(),
    oldObject: null,
    ...more,
  },
});

test('a patch goes out under the uid, in base64, whole whatever characters the pod has', async () => {
  const containers = [{ name: 'agent', image: 'a', env: [{ name: 'GREETING', value: 'Grüße 👋' }] }];
  const { response } = await answer('mutate-pods', reviewOf({ object: plainPod({ containers }) }));
  expect(response).toMatchObject({ uid: 'a-uid', allowed: true, patchType: 'JSONPatch' });
  const patch = JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString());
  expect(patch.map(({ path }: { path: string }) => path)).toContain('/spec/initContainers');
  expect(JSON.stringify(patch)).toContain('Grüße 👋');
});

test('where nothing changes there is no patch, and in a dry run the same one', async () => {
  const unchanged = await answer('mutate-pods', reviewOf({ object: injected() }));
  expect(unchanged.response).toEqual({ uid: 'a-uid', allowed: true });
  expect(await answer('mutate-pods', reviewOf({ dryRun: true }))).toEqual(
    await answer('mutate-pods', reviewOf()),
  );
});

test('a pod is refused as a Status that names what was asked, field, reason and remedy', async () => {
  const { response } = await answer('mutate-pods', reviewOf({ object: plainPod({ hostPID: true }) }));
  const { status } = response;
  expect(status).toMatchObject({ status: 'Failure', code: 403, reason: 'Forbidden' });
  expect(status?.message).toMatch(
    /^chaperone refuses create pods "agent" in namespace agents: spec\.hostPID would/,
  );
  expect(status?.details.causes[0]).toMatchObject({ reason: 'SharedNamespace', field: 'spec.hostPID' });
});

test('of many causes a bounded number is told', async () => {
  const add = Array.from({ length: 100 }, (_, index) => `CAP_${index}`);
  const containers = [{ name: 'agent', image: 'a', securityContext: { capabilities: { add } } }];
  const { response } = await answer('mutate-pods', reviewOf({ object: plainPod({ containers }) }));
  expect(response.status?.message).toMatch(/And \d+ more\.$/);
  expect(response.status?.message.length).toBeLessThanOrEqual(2048);
});

test('one of our own kinds is refused with its code as cause', async () => {
  const resource = { group: 'chaperone.dev', version: 'v1alpha1', resource: 'agentpolicies' };
  const { response } = await answer('validate-policies', reviewOf({ resource, operation: 'CONNECT' }));
  expect(response.status?.details.causes[0]).toMatchObject({ reason: 'UnknownOperation' });
});

test.each(Object.keys(webhooks))('what is no review is a failed call of %s', async (webhook) => {
  const beta = { apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview' };
  for (const body of [undefined, null, '', [], {}, beta]) {
    expect((await answer(webhook, body)).response).toMatchObject({
      uid: '',
      allowed: false,
      status: { code: 400 },
    });
  }
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (body) => {
      expect((await answer(webhook, body)).response.allowed).toBe(false);
    }),
  );
});
