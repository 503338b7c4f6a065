import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import { type Entitlements, type Policy, receiveSnapshot } from './entitlements.ts';
import { requestOf } from './fixtures.ts';
import { NeverRule, Rule } from './kinds/rule.ts';
import type { RuleIndex } from './rule-index.ts';
import type { HeldPolicy, Snapshot } from './snapshot.ts';

// What is ordinary, closed, protected, not built in, and no resource at all; so few words that rules and requests meet.
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const some = (...words: readonly string[]) => fc.subarray([...words], { minLength: 1 });
const place = fc.oneof(
  some('shop', 'agents', 'chaperone-system').map((namespaces) => ({ namespaces })),
  fc.constantFrom({ allNamespaces: true as const }, { clusterScoped: true as const }),
);
const ofResources = fc
  .record(
    {
      apiGroups: some('', 'a.example'),
      resources: some('configmaps', 'secrets', 'pods', 'nodes', 'things', 'things/status'),
      resourceNames: some('web', 'triage-5d9c'),
      verbs: some(...VERBS),
    },
    { requiredKeys: ['apiGroups', 'resources', 'verbs'] },
  )
  .chain((rest) => place.map((where) => ({ ...where, ...rest })));
const ofPaths = some('/metrics', '/logs', '/version').map((nonResourceURLs) => ({
  nonResourceURLs,
  verbs: ['get'],
}));
/** So many that they meet. */
const CONTAINERS = ['app', 'db'];
const PORTS = [80, 443];
const inPods = { namespaces: ['shop'], apiGroups: [''], resourceNames: ['web'], verbs: ['create'] };
const commands = fc.array(some('ls', '-l', 'sh'), { minLength: 1, maxLength: 2 });
const record = fc.constantFrom('required' as const, 'optional' as const);
const ofStreams = fc.oneof(
  fc.record({ containers: some(...CONTAINERS), commands, record }).map((inside) => ({
    ...inPods,
    resources: ['pods/exec'],
    ...inside,
  })),
  fc.record({ ports: fc.subarray(PORTS, { minLength: 1 }), record }).map((inside) => ({
    ...inPods,
    resources: ['pods/portforward'],
    ...inside,
  })),
);
const bansOfStreams = fc.record({
  namespaces: fc.constant(['shop']),
  apiGroups: fc.constant(['']),
  resources: some('pods/exec', 'pods/portforward'),
  verbs: some('get', 'create', 'delete'),
});
const anyRule = fc.oneof(
  { weight: 6, arbitrary: ofResources },
  { weight: 1, arbitrary: ofPaths },
  { weight: 2, arbitrary: ofStreams },
  { weight: 1, arbitrary: bansOfStreams },
);
const rule = anyRule.filter((each) => Rule.safeParse(each).success).map((each) => each as Rule);
const never = anyRule.filter((each) => NeverRule.safeParse(each).success).map((each) => each as NeverRule);
const rules = fc.array(rule, { minLength: 1, maxLength: 4 });

const held = fc
  .record({
    mode: fc.constantFrom('Enforce' as const, 'Observe' as const),
    standing: fc.record({ remainingMs: fc.constant(20_000), rules }),
    never: fc.array(never, { maxLength: 2 }),
    scopes: fc.array(fc.record({ name: fc.constantFrom('s', 't'), maxDuration: fc.constant('10m'), rules }), {
      maxLength: 2,
    }),
    grants: fc.array(
      fc.record({
        name: fc.constantFrom('g', 'h'),
        task: fc.constant('a task'),
        scope: fc.constantFrom('s', 't'),
        remainingMs: fc.constantFrom(0, 10_000, 30_000),
        rules,
      }),
      { maxLength: 3 },
    ),
  })
  .map((policy) => ({ kind: 'policy', name: 'triage', ...policy }) satisfies HeldPolicy);

const received = (policy: HeldPolicy): Entitlements =>
  receiveSnapshot(
    {
      leaseMs: 60_000,
      namespace: 'agents',
      pod: 'triage-5d9c',
      podUid: '0b9f',
      serviceAccount: 'triage-bot',
      systemNamespace: 'chaperone-system',
      guarded: true,
      held: policy,
    } satisfies Snapshot,
    0,
  );

const request = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      fc.constantFrom('/api/v1', '/apis/a.example/v1'),
      fc.constantFrom('', '/namespaces/shop', '/namespaces/agents', '/namespaces/chaperone-system'),
      fc.constantFrom('/configmaps', '/secrets', '/pods', '/nodes', '/things'),
      fc.constantFrom('', '/web', '/triage-5d9c', '/web/status'),
      fc.constantFrom('', '?watch=1', '?fieldSelector=metadata.name=web', '?labelSelector=a=b'),
    )
    .map(([method, ...target]) => requestOf(method, target.join(''))),
  fc.constantFrom('/metrics', '/logs', '/version', '/x').map((path) => requestOf('GET', path)),
  fc
    .tuple(
      fc.constantFrom('GET', 'POST'),
      fc.constantFrom(
        'exec?container=app&command=ls',
        'exec?container=db&command=ls&command=-l',
        'exec?command=sh',
        'portforward',
        'portforward?ports=80',
        'portforward?ports=80,443',
      ),
    )
    .map(([method, inside]) => requestOf(method, `/api/v1/namespaces/shop/pods/web/${inside}`)),
);
const type = fc.constantFrom('application/merge-patch+json', 'application/apply-patch+yaml');
const calls = fc.array(fc.tuple(request, type), { minLength: 20, maxLength: 20 });
const when = fc.constantFrom(0, 10_000, 20_000, 30_000, 59_999);

/** Under the second of the two nothing is permitted that the first denies; and the first denies and permits at all. */
function nothingIsGained(name: string, pairs: fc.Arbitrary<readonly [HeldPolicy, HeldPolicy]>): void {
  const seen = { permit: 0, refusal: 0 };
  fc.assert(
    fc.property(pairs, calls, when, ([before, after], asked, now) => {
      const [from, to] = [received(before), received(after)];
      for (const [call, contentType] of asked) {
        const first = decide(call, from, now, contentType);
        seen[first.kind]++;
        if (first.kind === 'refusal') expect(decide(call, to, now, contentType).kind, name).toBe('refusal');
      }
    }),
    { numRuns: 150 },
  );
  expect(seen.permit).toBeGreaterThan(100);
  expect(seen.refusal).toBeGreaterThan(100);
}

test('a never that is added permits nothing', () => {
  const pairs = fc
    .tuple(held, never)
    .map(
      ([policy, more]) =>
        [policy, { ...policy, never: [...policy.never, more] }] satisfies [HeldPolicy, HeldPolicy],
    );
  nothingIsGained('never', pairs);
});

test('a rule, scope or Grant that is taken away permits nothing', () => {
  const without = <T>(list: readonly T[], at: number) =>
    list.filter((_, each) => each !== at % (list.length + 1));
  const pairs = fc.tuple(held, fc.nat(), fc.nat(), fc.nat()).map(([policy, standing, scope, grant]) => {
    const less = {
      ...policy,
      standing: { ...policy.standing, rules: without(policy.standing.rules, standing) },
      scopes: without(policy.scopes, scope),
      grants: without(policy.grants, grant),
    };
    return [policy, less] satisfies [HeldPolicy, HeldPolicy];
  });
  nothingIsGained('less', pairs);
});

test('time that goes on permits nothing, and from the end of the lease all is refused', () => {
  fc.assert(
    fc.property(held, calls, when, when, (policy, asked, a, b) => {
      const entitlements = received(policy);
      for (const [call, contentType] of asked) {
        const [first, later] = [Math.min(a, b), Math.max(a, b)].map((now) =>
          decide(call, entitlements, now, contentType),
        );
        if (first?.kind === 'refusal') expect(later?.kind).toBe('refusal');
        expect(decide(call, entitlements, 60_000, contentType)).toMatchObject({ code: 'StaleLease' });
      }
    }),
    { numRuns: 150 },
  );
});

/** The same entitlements, with an index that finds every rule for every request. */
function asked(entitlements: Entitlements): Entitlements {
  const all = <T>(index: RuleIndex<T>): RuleIndex<T> => ({
    ...index,
    bits: index.bits.map(() => 0xffffffff),
  });
  const policy = entitlements.held as Policy;
  const indexes = {
    bans: all(policy.bans),
    holdings: all(policy.holdings),
    offers: all(policy.offers),
  };
  return { ...entitlements, held: { ...policy, ...indexes } };
}

test('what the index leaves out would have changed nothing: every rule asked one by one decides the same', () => {
  fc.assert(
    fc.property(held, calls, when, (policy, questions, now) => {
      const entitlements = received(policy);
      const naive = asked(entitlements);
      for (const [call, contentType] of questions)
        expect(decide(call, entitlements, now, contentType)).toEqual(decide(call, naive, now, contentType));
    }),
    { numRuns: 150 },
  );
});

test('what was decided before changes nothing: the same entitlements decide as ones just received', () => {
  fc.assert(
    fc.property(held, calls, fc.array(when, { minLength: 2, maxLength: 4 }), (policy, questions, times) => {
      const entitlements = received(policy);
      for (const now of times)
        for (const [call, contentType] of questions)
          expect(decide(call, entitlements, now, contentType)).toEqual(
            decide(call, received(policy), now, contentType),
          );
    }),
    { numRuns: 40 },
  );
});
