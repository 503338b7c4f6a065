// Two replicas and the Lease between them, the first of which is answered late once and then never again. The clock is ours.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../../telemetry/logger.ts';
import type { KubeObject, Outcome } from '../kube/api.ts';
import { type LeadershipOptions, startLeadership } from './leadership.ts';

type Kube = LeadershipOptions['kube'];

/** The longest that a call may take (kube/api.ts). */
const CALL_MS = 5_000;
const LATE_MS = 4_000;
const LOOK_MS = 100;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test('who cannot renew stops a whole call before another may begin, however late it was answered', async () => {
  let lease: KubeObject | undefined;
  let version = 0;
  function take(method: string, object: KubeObject): Outcome {
    if (method !== 'GET') {
      version += 1;
      lease = { ...object, metadata: { ...object.metadata, resourceVersion: `${version}` } };
    }
    return lease === undefined ? { kind: 'absent' } : { kind: 'done', object: lease };
  }
  const steady = { call: async (method: string, _: string, object: KubeObject) => take(method, object) };
  let isCutOff = false;
  const shaky = {
    async call(method: string, _: string, object: KubeObject) {
      if (isCutOff) {
        await after(CALL_MS);
        throw new Error('timeout');
      }
      const outcome = take(method, object);
      isCutOff = method !== 'GET';
      if (isCutOff) await after(LATE_MS);
      return outcome;
    },
  };
  const log = createLogger({ component: 'controller', level: 'error' });
  const begin = (kube: object, identity: string) =>
    startLeadership({ kube: kube as Kube, namespace: 'chaperone-system', identity, log });
  const first = begin(shaky, 'first');
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  const second = begin(steady, 'second');

  let lastMs = Number.NaN;
  while (!second.leading()) {
    if (first.leading()) lastMs = performance.now();
    await vi.advanceTimersByTimeAsync(LOOK_MS);
  }
  expect(performance.now() - lastMs).toBeGreaterThanOrEqual(CALL_MS);
  expect(first.leading()).toBe(false);
  const stopped = Promise.all([first.stop(), second.stop()]);
  await vi.advanceTimersByTimeAsync(CALL_MS);
  await stopped;
});
