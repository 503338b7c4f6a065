import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guardedIn, MAX_NAMESPACES, printWebhooks, type Webhook } from './configuration.ts';

const service = { name: 'chaperone', namespace: 'chaperone-system' };
const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,10}[a-z0-9])?$/);

test('what is printed of namespaces is read back, in any order and once each', () => {
  fc.assert(
    fc.property(fc.array(label), fc.option(fc.base64String(), { nil: undefined }), (names, caBundle) => {
      const printed = printWebhooks(names, service, caBundle);
      expect(guardedIn(printed, service)).toEqual(new Set(names));
      expect(printWebhooks([...names, ...names].reverse(), service, caBundle)).toEqual(printed);
    }),
  );
});

test('asks of agents alone, about every kind that carries pods, and refuses where it cannot ask', () => {
  expect(printWebhooks(['agents', 'bots'], service, 'QQ==')).toMatchObject([
    {
      clientConfig: { service: { ...service, path: '/validate-workloads' }, caBundle: 'QQ==' },
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      sideEffects: 'None',
      rules: [
        {
          apiGroups: [''],
          resources: ['pods', 'pods/ephemeralcontainers', 'podtemplates', 'replicationcontrollers'],
        },
        { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'] },
        { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'] },
      ],
      matchConditions: [
        {
          expression:
            "request.userInfo.username.startsWith('system:serviceaccount:') && " +
            "request.userInfo.username.split(':')[2] in ['agents', 'bots']",
        },
      ],
    },
  ]);
  expect(printWebhooks([], service, 'QQ==')).toEqual([]);
});

test("never asks about the cluster's own controllers, nor about ours", () => {
  const webhooks = printWebhooks(['kube-system', 'agents', 'chaperone-system'], service, 'QQ==');
  expect(guardedIn(webhooks, service)).toEqual(new Set(['agents']));
  expect(printWebhooks(['kube-system', 'chaperone-system'], service, 'QQ==')).toEqual([]);
});

const [printed] = printWebhooks(['agents'], service, 'QQ==') as [Webhook & Record<string, unknown>];

test.each<[string, readonly unknown[]]>([
  ['nothing', []],
  ['another failurePolicy', [{ ...printed, failurePolicy: 'Ignore' }]],
  ['fewer kinds', [{ ...printed, rules: [] }]],
  ['a namespace left out by a selector', [{ ...printed, namespaceSelector: { matchLabels: { a: 'b' } } }]],
  [
    'another condition beside ours',
    [
      {
        ...printed,
        matchConditions: [...(printed.matchConditions ?? []), { name: 'x', expression: 'false' }],
      },
    ],
  ],
  [
    'an expression of its own',
    [{ ...printed, matchConditions: [{ name: 'agents', expression: "false && x[2] in ['agents']" }] }],
  ],
  ['another service', [{ ...printed, clientConfig: { service: { ...service, name: 'x' } } }]],
  ['a webhook beside it', [printed, printed]],
])('with %s no namespace is guarded', (_, webhooks) => {
  expect(guardedIn(webhooks as Webhook[], service)).toEqual(new Set());
});

test('beyond its bound the last are left out, and are not taken for guarded', () => {
  const names = Array.from(
    { length: MAX_NAMESPACES + 1 },
    (_, at) => `n${String(at).padStart(5, '0')}-${'x'.repeat(56)}`,
  );
  const webhooks = printWebhooks(names, service, 'QQ==');
  expect(guardedIn(webhooks, service)).toEqual(new Set(names.slice(0, MAX_NAMESPACES)));
  // The longest expression that CEL parses (cel-go, defaultExpressionSizeCodePointLimit).
  expect(webhooks[0]?.matchConditions?.[0]?.expression?.length).toBeLessThan(100_000);
});
