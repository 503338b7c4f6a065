// The keeper over an API server that holds one configuration and lets a test change it between two lists: with a real one
// nobody can make its watch say nothing.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../../telemetry/logger.ts';
import type { KubeApi, KubeObject } from '../kube/api.ts';
import { printWebhooks } from './configuration.ts';
import { startGuard } from './keeping.ts';
import { SETTLED_MS } from './settling.ts';

const NAME = 'chaperone-workloads';
const service = { name: 'chaperone', namespace: 'chaperone-system' };
const full = printWebhooks(['agents'], service, Buffer.from('PEM').toString('base64'));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The configuration as it stands, and its keeper: of one policy in `agents`, and of those that it has not heard of yet. */
function keeper(webhooks: unknown = [], unheard: readonly string[] = []) {
  let object = { metadata: { name: NAME, uid: 'u', generation: 1, resourceVersion: '1' }, webhooks };
  const change = (next: unknown) => {
    const generation = object.metadata.generation + 1;
    object = {
      metadata: { ...object.metadata, generation, resourceVersion: `${generation}` },
      webhooks: next,
    };
  };
  const written: unknown[] = [];
  const kube = {
    async call(method: string, path: string, body?: KubeObject) {
      if (method === 'PUT') {
        written.push(body?.webhooks);
        change(body?.webhooks);
      }
      const list = { metadata: { resourceVersion: '9' }, items: [object] };
      return { kind: 'done', object: path.includes('fieldSelector') ? list : object };
    },
    watch: (_: string, signal: AbortSignal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  } as unknown as KubeApi;
  const policyIn = (namespace: string) => ({
    object: { metadata: { name: 'triage', namespace } },
    read: undefined,
  });
  let policies = [policyIn('agents')];
  let roots = 'PEM';
  const told: string[] = [];
  const guard = startGuard({
    kube,
    name: NAME,
    service,
    policies: {
      all: () => policies,
      filled: Promise.resolve(),
      async refresh() {
        policies = ['agents', ...unheard].map(policyIn);
        return 'listed';
      },
    },
    controlRoots: () => roots,
    onChange: (namespaces) => void told.push(`${[...namespaces]}: ${guard.isGuarded('agents')}`),
    log: createLogger({ component: 'controller', level: 'error' }),
  });
  const rotate = () => {
    roots = 'NEW';
    guard.poke();
  };
  return { guard, change, written, told, rotate };
}

test('fills an empty configuration once, and says that it is in force when that has settled', async () => {
  const { guard, written, told } = keeper();
  await vi.advanceTimersByTimeAsync(SETTLED_MS - 100);
  expect(guard.isGuarded('agents')).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect([written, told, guard.isGuarded('bots')]).toEqual([[full], ['agents: true'], false]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([written.length, told.length]).toEqual([1, 1]);
  await guard.stop();
});

test('one that was emptied and refilled between two lists has to settle anew', async () => {
  const { guard, change, written, told } = keeper(full);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(guard.isGuarded('agents')).toBe(true);
  change([]);
  change(full);
  await vi.advanceTimersByTimeAsync(3_100);
  expect(guard.isGuarded('agents')).toBe(false);
  await vi.advanceTimersByTimeAsync(SETTLED_MS + 1000);
  expect([written, told]).toEqual([[], ['agents: true', 'agents: false', 'agents: true']]);
  await guard.stop();
});

test('what another replica has added, of which this one has heard nothing, is not taken out', async () => {
  const { guard, change, written, rotate } = keeper(full, ['bots']);
  await vi.advanceTimersByTimeAsync(100);
  change(printWebhooks(['agents', 'bots'], service, Buffer.from('PEM').toString('base64')));
  rotate();
  await vi.advanceTimersByTimeAsync(100);
  expect(written).toEqual([
    printWebhooks(['agents', 'bots'], service, Buffer.from('NEW').toString('base64')),
  ]);
  await guard.stop();
});
