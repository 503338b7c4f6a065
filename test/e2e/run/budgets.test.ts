// `chaperone run` keeps the count of its policy's budgets itself.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, openBench } from './bench.ts';
import { policyFor } from './policy.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench('run-budgets');
});
afterAll(() => bench?.[Symbol.asyncDispose]());

it('a spent budget refuses what the policy covers, for the rest of the run and in no other', async () => {
  const budgets = [{ verbs: ['create'], max: 1, per: '10m' }];
  const policy = await bench.file('policy.yaml', [policyFor(bench.namespace, { budgets })]);
  const run = (...names: string[]) => {
    const script = names.map((name) => `kubectl create configmap ${name}`).join('; ');
    return bench.run(['run', '--policy', policy, '--', 'sh', '-c', script]);
  };
  const first = await run('a', 'b');
  expect(first.stdout).toContain('configmap/a created');
  expect(first.stderr).toMatch(/AgentPolicy local\/triage budgets\[0\] is spent: at most 1 create in 10m/);
  expect(first.stderr).toContain('BudgetSpent');
  expect((await run('b')).stdout).toContain('configmap/b created');
});
