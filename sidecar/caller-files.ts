// What each container of the agent finds where clients look for a ServiceAccount: our CA, its own token, its namespace.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Callers } from './callers.ts';
import { PATHS } from './paths.ts';
import { writeWhole } from './whole-file.ts';

/** The agent's containers run as any user: these are the only files of ours that they see, each only its own. */
const READABLE_BY_ANY = 0o644;

/** Gives every container its files and a fresh token; the former ones hold for 90 s longer. */
export async function writeCallerFiles(
  containers: readonly string[],
  callers: Callers,
  files: { readonly ca: string; readonly namespace: string },
  nowMs: number,
): Promise<void> {
  for (const container of containers) {
    const folder = PATHS.caller(container);
    await writeWhole(join(folder, 'ca.crt'), files.ca, READABLE_BY_ANY);
    await writeWhole(join(folder, 'namespace'), files.namespace, READABLE_BY_ANY);
    await writeWhole(join(folder, 'token'), callers.issue(container, nowMs), READABLE_BY_ANY);
  }
}

/** Knows the tokens again that the containers hold since before a crash. True: each has one. */
export async function adoptCallers(containers: readonly string[], callers: Callers): Promise<boolean> {
  let all = true;
  for (const container of containers) {
    const token = await readFile(join(PATHS.caller(container), 'token'), 'utf8').catch(() => '');
    if (token === '') all = false;
    else callers.adopt(container, token);
  }
  return all;
}
