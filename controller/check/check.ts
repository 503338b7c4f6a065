// `helm test`: asks, from inside the cluster, whether this installation works, and says of each part that it does or why
// not.
import { setTimeout as delay } from 'node:timers/promises';
import { CHECKS } from './checks.ts';
import type { Site } from './site.ts';

/** For all of them together: what the API server and kube-proxy learn of an installation they know by then. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 500;

export interface CheckOptions {
  /** Where chaperone runs. */
  readonly namespace: string;
  /** Hears a line a check. */
  readonly say: (line: string) => void;
  readonly patienceMs?: number;
}

/** Asks each question until its answer is right or the time is over; true where all were. */
export async function check(
  site: Site,
  { namespace, say, patienceMs = PATIENCE_MS }: CheckOptions,
): Promise<boolean> {
  const endMs = performance.now() + patienceMs;
  const ask = async (why: (typeof CHECKS)[number]['why']): Promise<string> => {
    for (;;) {
      const reason = await why(site, namespace).catch((error: Error) => error.message);
      if (reason === '' || performance.now() > endMs) return reason;
      await delay(LOOK_EVERY_MS);
    }
  };
  let holds = true;
  for (const { what, why } of CHECKS) {
    const reason = await ask(why);
    say(reason === '' ? `ok  ${what}` : `NO  ${what}: ${reason}`);
    holds &&= reason === '';
  }
  return holds;
}
