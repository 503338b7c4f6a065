import { describe, expect, test } from 'vitest';
import { entitlementsOf, grantOf, policyOf, readPods } from '../fixtures.ts';
import { execRule, portsRule } from '../streams.fixture.ts';
import type { Facts } from '../take-snapshot.ts';
import { BOUND_MS, cpuMs } from './bounded.fixture.ts';
import { offersWarning } from './offers.ts';

const policies = (spec: object) => ({ policies: [policyOf(spec)] });

describe('what could be asked for', () => {
  const offers = (facts: Partial<Facts>, namespace = 'shop') =>
    offersWarning(namespace, entitlementsOf(facts), 1);

  test('is told with the rule of its scope, in its namespace, until it is given', () => {
    expect(offers({})).toBe(
      'chaperone: with a Grant AgentPolicy agents/triage allows scope read-web-tls (get of secrets named web-tls in namespace shop)',
    );
    expect(offers({}, 'agents')).toBeUndefined();
    expect(offers({ grants: [grantOf()] })).toBeUndefined();
    expect(offers({ grants: [grantOf({}, { phase: 'Ended' })] })).toContain('read-web-tls');
    expect(offers({ policies: [] })).toBeUndefined();
  });

  test('is told with what it would reach in a pod, unless a never takes it by either verb', () => {
    const rules = [execRule(['app'], ['ls', '-l'], ['sh', '-c', 'a b'])];
    const scopes = [
      { name: 'look', maxDuration: '1h', rules },
      { name: 'forward', maxDuration: '1h', rules: [portsRule(80, 443)] },
    ];
    expect(offers(policies({ scopes }))).toBe(
      'chaperone: with a Grant AgentPolicy agents/triage allows ' +
        "scope look (create of pods/exec named web-0 (container app, what begins with: ls -l; sh -c 'a b') in namespace shop), " +
        'scope forward (create of pods/portforward named web-0 (port 80, 443) in namespace shop)',
    );
    const never = [{ ...readPods, resources: ['pods/exec', 'pods/portforward'], verbs: ['get'] }];
    expect(offers(policies({ scopes, never }))).toBeUndefined();
  });

  test('is not what a never meets, nor what one person cannot give', () => {
    expect(offers(policies({ never: [{ ...readPods, resources: ['secrets'] }] }))).toBeUndefined();
    const approval = { approvers: { groups: ['sre'] }, required: 2 };
    const scopes = [{ name: 'two', maxDuration: '1h', approval, rules: [readPods] }];
    expect(offers(policies({ scopes }))).toBeUndefined();
  });

  test('is told in a bounded time, however many a never has to be held against', () => {
    const many = (length: number, what: string) => Array.from({ length }, (_, at) => `${what}${at}`);
    const of = (namespaces: string[]) => ({ ...readPods, resources: many(32, 'r'), namespaces });
    const rules = Array(32).fill(of(['shop', ...many(63, 'a')]));
    const scopes = many(2, 's').map((name) => ({ name, maxDuration: '1h', rules }));
    const entitlements = entitlementsOf(policies({ scopes, never: Array(128).fill(of(many(64, 'b'))) }));
    expect(cpuMs(() => offersWarning('shop', entitlements, 1))).toBeLessThan(BOUND_MS);
  });

  test('is a line of bounded length', () => {
    const scopes = Array.from({ length: 32 }, (_, at) => ({
      name: `s${at}`,
      maxDuration: '1h',
      rules: [readPods, readPods],
    }));
    const line = offers(policies({ scopes })) ?? '';
    expect(line).toMatch(/scope s0 .* scope s3 .* and more$/);
    expect(line.length).toBeLessThanOrEqual(700);
  });
});
