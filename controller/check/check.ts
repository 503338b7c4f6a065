// `helm test`: asks, from inside the cluster, whether this installation works, and says of each part that it does or why
// not.
import { setTimeout as delay } from 'node:timers/promises';
import { CHECKS } from './checks.ts';
import type { Site } from './site.ts';

/** For all of them together: what the API server and kube-proxy learn of an installation they know by then. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 500;
/** Right answers, one after the other: each call may meet another replica, and any may be the one that fails. */
export const IN_A_ROW = 10;

export interface CheckOptions {
  /** Where chaperone runs. */
  readonly namespace: string;
  /** Hears a line a check. */
  readonly say: (line: string) => void;
  readonly patienceMs?: number;
}

/** Asks each question until its answers are right in a row, or one is wrong when the time is over; true where all held. */
export async function check(
  site: Site,
  { namespace, say, patienceMs = PATIENCE_MS }: CheckOptions,
): Promise<boolean> {
  const endMs = performance.now() + patienceMs;
  const ask = async (why: (typeof CHECKS)[number]['why']): Promise<string> => {
    let right = 0;
    while (right < IN_A_ROW) {
      const reason = await why(site, namespace).catch((error: Error) => error.message);
      right = reason === '' ? right + 1 : 0;
      if (right > 0) continue;
      if (performance.now() > endMs) return reason;
      await delay(LOOK_EVERY_MS);
    }
    return '';
  };
  let holds = true;
  for (const { what, why } of CHECKS) {
    const reason = await ask(why);
    say(reason === '' ? `ok  ${what}` : `NO  ${what}: ${reason}`);
    holds &&= reason === '';
  }
  return holds;
}
