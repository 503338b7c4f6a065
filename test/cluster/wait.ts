// Waiting for a condition, with a name and an end. Nothing here sleeps in the hope that something has happened:
// the time between two looks only bounds how late it is noticed.
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;

export interface Wait<T> {
  /** Completes the sentence "waited … for". */
  readonly what: string;
  readonly timeoutMs: number;
  /** The answer, or undefined while it is not there yet. What it throws ends the wait. */
  readonly probe: () => Promise<T | undefined> | T | undefined;
  /** What helps to understand a timeout: the tail of a log, the last answer seen. */
  readonly evidence?: () => Promise<string> | string;
}

export async function waitFor<T>(wait: Wait<T>): Promise<T> {
  const end = performance.now() + wait.timeoutMs;
  for (;;) {
    const answer = await wait.probe();
    if (answer !== undefined) return answer;
    if (performance.now() > end) {
      const evidence = (await wait.evidence?.()) ?? '';
      throw new Error(`waited ${wait.timeoutMs / 1000} s for ${wait.what}${evidence && `\n${evidence}`}`);
    }
    await delay(LOOK_EVERY_MS);
  }
}
