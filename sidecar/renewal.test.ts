import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createRenewal, HURRY_EVERY_MS } from './renewal.ts';

const ending: AbortController[] = [];
afterEach(() => {
  for (const each of ending.splice(0)) each.abort();
});

/** A pod that enrolled at 0 and would again in an hour; when it did, by the test's clock. */
async function enrolled(answer: (nth: number) => Promise<{ renewAfterMs: number }>) {
  let nowMs = 0;
  const [attempts, failures]: [number[], unknown[]] = [[], []];
  const stop = new AbortController();
  ending.push(stop);
  const renewal = createRenewal({
    enrol: () => answer(attempts.push(nowMs)),
    onFailure: (error) => void failures.push(error),
    clock: { monotonicMs: () => nowMs },
    signal: stop.signal,
  });
  const { renewAfterMs } = await renewal.enrol();
  const done = renewal.stayEnrolled(renewAfterMs);
  return {
    attempts,
    failures,
    stop,
    done,
    async hurryAt(atMs: number) {
      nowMs = atMs;
      renewal.hurry();
      await turn();
      await turn();
    },
  };
}
const inAnHour = async () => ({ renewAfterMs: 3_600_000 });

test('an identity that the controller does not know is renewed at once', async () => {
  const pod = await enrolled(inAnHour);
  await pod.hurryAt(1_000_000);
  expect(pod.attempts).toEqual([0, 1_000_000]);
});

test('a controller that knows none of them is asked every 15 s, however often it says so', async () => {
  const pod = await enrolled(inAnHour);
  for (let atMs = 0; atMs <= 4 * HURRY_EVERY_MS; atMs += 500) await pod.hurryAt(atMs);
  expect(pod.attempts).toEqual([0, 15_000, 30_000, 45_000, 60_000]);
});

test('an enrolment that fails counts as well, and the next one is not waited for longer', async () => {
  const pod = await enrolled((nth) => (nth === 2 ? Promise.reject(new Error('gone')) : inAnHour()));
  await pod.hurryAt(20_000);
  await pod.hurryAt(34_999);
  expect([pod.attempts, pod.failures]).toEqual([[0, 20_000], [new Error('gone')]]);
  await pod.hurryAt(35_000);
  expect(pod.attempts).toEqual([0, 20_000, 35_000]);
});

test('one that is under way is not joined by another', async () => {
  const late = Promise.withResolvers<{ renewAfterMs: number }>();
  const pod = await enrolled((nth) => (nth === 2 ? late.promise : inAnHour()));
  for (const atMs of [20_000, 40_000, 60_000]) await pod.hurryAt(atMs);
  expect(pod.attempts).toEqual([0, 20_000]);
  late.resolve({ renewAfterMs: 3_600_000 });
  await pod.hurryAt(60_001);
  await pod.hurryAt(60_002);
  expect(pod.attempts).toEqual([0, 20_000, 60_002]);
});

test('whose pod ends enrols no more', async () => {
  const pod = await enrolled(inAnHour);
  pod.stop.abort();
  await pod.done;
  await pod.hurryAt(20_000);
  expect(pod.attempts).toEqual([0]);
});
