// Into which writes values are put back, and when the agent counts as one who may read them.
import { expect, test } from 'vitest';
import { decide, type Permit } from '../policy/decide.ts';
import { factsOf, policyOf, requestOf, revealTls } from '../policy/fixtures.ts';
import type { Rule } from '../policy/kinds/rule.ts';
import { takeSnapshot } from '../policy/take-snapshot.ts';
import { createHeldEntitlements } from './held-entitlements.ts';
import { createLineage } from './lineage.ts';
import type { LiveObject } from './live-object.ts';
import { type PuttingBackParts, puttingBackFor } from './putting-back.ts';

const web = '/api/v1/namespaces/shop/secrets/web-tls';
const NO_PATTERNS: PuttingBackParts['patterns'] = { of: () => undefined };

const given = (method: string, target: string, unmasked = false) =>
  puttingBackFor({ request: requestOf(method, target), unmasked } as unknown as Permit, NO_PATTERNS);

test.each([
  ['PUT', web, true],
  ['PATCH', `${web}?dryRun=All`, true],
  ['POST', '/api/v1/namespaces/shop/secrets', false],
  ['DELETE', web, false],
  ['DELETE', '/api/v1/namespaces/shop/secrets', false],
  ['PUT', '/api/v1/namespaces/shop/secrets', false],
  ['PATCH', '/api/v1/namespaces/shop/configmaps/web', false],
  ['PATCH', '/apis/example.com/v1/namespaces/shop/secrets/web', false],
])('%s %s: %s', (method, target, is) => {
  expect(given(method, target) !== undefined).toBe(is);
  expect(given(method, target, true), 'where nothing is masked').toBeUndefined();
});

test('a plain value may be tried over a hidden one exactly while a get would show it', () => {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs };
  const held = createHeldEntitlements(clock);
  const writing: Rule = { namespaces: ['shop'], apiGroups: [''], resources: ['secrets'], verbs: ['patch'] };
  const entitle = (...rules: Rule[]) =>
    held.take(
      takeSnapshot(factsOf({ policies: [policyOf({ standing: { lifetime: '8h', rules } })], leaseMs: 1000 })),
      nowMs,
    );
  entitle(writing);
  const entitlements = held.current();
  const type = 'application/merge-patch+json';
  const permit = entitlements && decide(requestOf('PATCH', `${web}?dryRun=All`), entitlements, 0, type);
  if (permit?.kind !== 'permit') throw new Error(permit?.message);
  const hash = () => 'a'.repeat(64);
  const parts = { hash, lineage: createLineage(), held, now: clock.monotonicMs, patterns: NO_PATTERNS };
  const version = { uid: 'u', resourceVersion: '7' };
  const object = { metadata: { name: 'web-tls', ...version }, type: 'Opaque', data: { a: 'MQ==' } };
  const live: LiveObject = { kind: 'live', bytes: new Uint8Array(), version, object };
  const tried = () => {
    const value = { data: { a: 'Mg==' } };
    const write = { form: 'merge', value, dryRun: true, force: false, manager: undefined } as const;
    return puttingBackFor(permit, NO_PATTERNS)?.(live, permit, parts)(write, object).kind;
  };
  expect(tried()).toBe('fault');
  entitle(writing, { ...revealTls, reveal: true });
  expect(tried()).toBe('putBack');
  nowMs = 2000;
  expect(tried(), 'without a lease').toBe('fault');
});
