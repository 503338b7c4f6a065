import { expect, test } from 'vitest';
import { config } from '../../injector/fixtures.ts';
import { printWebhooks } from '../guard/configuration.ts';
import { answerReview } from '../webhooks/admission.ts';
import { routes, type WebhookSources } from '../webhooks/routes.ts';
import { PLAIN_POD } from './asked.ts';
import { check, IN_A_ROW } from './check.ts';
import { CHECKS, STATIC_POLICIES } from './checks.ts';
import type { Answer, Site } from './site.ts';

const status = (code: number, message: string): Answer => ({
  status: code,
  text: JSON.stringify({ kind: 'Status', message }),
});
const review = (response: object): Answer => ({ status: 200, text: JSON.stringify({ response }) });
const refusal = (reason: string) => review({ allowed: false, status: { details: { causes: [{ reason }] } } });

/** What the controller's own webhooks answer. */
async function answered(webhook: 'mutate-pods' | 'validate-pods'): Promise<Answer> {
  const decide = routes({ injector: () => config } as unknown as WebhookSources)[webhook];
  if (decide === undefined) throw new Error(webhook);
  return { status: 200, text: JSON.stringify(await answerReview(PLAIN_POD, decide)) };
}

const object = (value: object): Answer => ({ status: 200, text: JSON.stringify(value) });
const STATIC = '/apis/admissionregistration.k8s.io/v1/validatingadmission';
const standing = STATIC_POLICIES.flatMap((name): [string, Answer][] => [
  [`${STATIC}policies/${name}`, object({ kind: 'ValidatingAdmissionPolicy' })],
  [`${STATIC}policybindings/${name}`, object({ spec: { policyName: name, validationActions: ['Deny'] } })],
]);

const SERVICE = { name: 'chaperone', namespace: 'here' };
const GUARD = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/chaperone-workloads';

/** What an installation that works answers, by path. */
const WORKING: Readonly<Record<string, Answer>> = {
  '/apis/chaperone.dev/v1alpha1/agentpolicies?limit=1': { status: 200, text: '{}' },
  '/apis/chaperone.dev/v1alpha1/grants?limit=1': { status: 200, text: '{}' },
  '/readyz': { status: 200, text: 'ok' },
  '/mutate-pods': await answered('mutate-pods'),
  '/validate-pods': await answered('validate-pods'),
  '/apis/chaperone.dev/v1alpha1/namespaces/here/agentpolicies?dryRun=All': status(
    403,
    'admission webhook "policies.chaperone.dev" denied the request: chaperone refuses it',
  ),
  '/api/v1/namespaces/here/configmaps?dryRun=All': status(
    403,
    "ValidatingAdmissionPolicy 'chaperone-sentinel' with binding 'chaperone-sentinel' denied request",
  ),
  '/apis/chaperone.dev/v1alpha1/agentpolicies?limit=500': object({
    items: ['agents', 'kube-system', 'here'].map((namespace) => ({ metadata: { namespace } })),
  }),
  [GUARD]: object({ webhooks: printWebhooks(['agents'], SERVICE, 'QQ==') }),
  ...Object.fromEntries(standing),
};

/** `every`: how often in a row the broken ones are asked, of which the last is answered as broken. */
async function checked(broken: Readonly<Record<string, Answer | Error>>, every = 1) {
  const lines: string[] = [];
  const times = new Map<string, number>();
  const ask: Site['api'] = async (_, path) => {
    const time = (times.get(path) ?? 0) + 1;
    times.set(path, time);
    const answer = (time % every === 0 ? broken[path] : undefined) ?? WORKING[path];
    if (answer instanceof Error) throw answer;
    return answer ?? status(404, path);
  };
  const say = (line: string): void => void lines.push(line);
  const holds = await check(
    { api: ask, controller: ask, service: SERVICE.name },
    { namespace: 'here', say, patienceMs: 0 },
  );
  return { holds, wrong: lines.filter((line) => !line.startsWith('ok  ')), lines };
}

test('an installation that works is said to, question by question', async () => {
  const { holds, lines, wrong } = await checked({});
  expect({ holds, wrong, asked: lines.length }).toEqual({ holds: true, wrong: [], asked: CHECKS.length });
});

test.each([
  [
    'a CustomResourceDefinition is gone',
    'grants?limit=1',
    status(404, 'page not found'),
    '404 page not found',
  ],
  ['no controller answers', '/readyz', new Error('connect ECONNREFUSED'), 'connect ECONNREFUSED'],
  [
    'it is not ready',
    '/readyz',
    { status: 503, text: 'the controller is starting' },
    '503 the controller is',
  ],
  ['it lets a pod be', '/mutate-pods', review({ allowed: true }), 'gives a plain pod a sidecar'],
  ['it lets a pod through', '/validate-pods', review({ allowed: true }), 'refuses a pod that has none'],
  ['it understands no pod', '/validate-pods', refusal('Malformed'), 'refuses a pod that has none'],
  [
    'the API server does not reach it',
    'agentpolicies?dryRun=All',
    status(500, 'failed calling webhook "policies.chaperone.dev": context deadline exceeded'),
    'context deadline exceeded',
  ],
  ['nobody asks it', 'agentpolicies?dryRun=All', { status: 201, text: '{}' }, 'the API server asks it'],
  ['a static policy is gone', 'policies/chaperone-exec', status(404, 'exec not found'), '404 exec not found'],
  [
    'its binding is gone',
    'bindings/chaperone-label',
    status(404, 'not found'),
    'chaperone-label: 404 not found',
  ],
  [
    'its binding only warns',
    'bindings/chaperone-status',
    object({ spec: { policyName: 'chaperone-status', validationActions: ['Warn'] } }),
    'chaperone-status: 200',
  ],
  [
    'its binding is of another',
    'bindings/chaperone-injected',
    object({ spec: { policyName: 'chaperone-label', validationActions: ['Deny'] } }),
    'chaperone-injected: 200',
  ],
  [
    'the workload guard is gone',
    'chaperone-workloads',
    status(404, 'workloads not found'),
    '404 workloads not',
  ],
  [
    'it is asked about others',
    'chaperone-workloads',
    object({ webhooks: printWebhooks(['b'], SERVICE, '') }),
    'not agents',
  ],
  ['a static policy says nothing', 'configmaps?dryRun=All', { status: 201, text: '{}' }, 'store a sentinel'],
])('where %s it is the one thing said to be wrong', async (_, end, answer, words) => {
  const path = Object.keys(WORKING).find((each) => each.endsWith(end)) ?? '';
  const { holds, wrong } = await checked({ [path]: answer });
  expect(holds).toBe(false);
  expect(wrong).toEqual([expect.stringContaining(words)]);
});

test.each([2, IN_A_ROW])('a replica that fails one call in %i is seen', async (every) => {
  const { holds, wrong } = await checked({ '/mutate-pods': review({ allowed: true }) }, every);
  expect({ holds, wrong: wrong.length }).toEqual({ holds: false, wrong: 1 });
});
