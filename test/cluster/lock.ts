// One holder at a time among the processes of this machine: for a task, or for as long as a process lives. The lock is SQLite's
// on an empty database: the kernel gives it up with the process, however that ends.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { tellEveryFewSeconds } from './progress.ts';

const SQLITE_BUSY = 5;
const ASK_EVERY_MS = 200;

/** Runs `task` as the only holder; `onWait` hears every few seconds how long it has waited. */
export async function holding<T>(
  file: string,
  onWait: (seconds: number) => void,
  task: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const lock = new DatabaseSync(file);
  const granted = tellEveryFewSeconds(onWait);
  try {
    while (!tryLock(lock)) await delay(ASK_EVERY_MS);
    granted();
    return await task();
  } finally {
    granted();
    lock.close();
  }
}

/** Until the process ends: without a reference the database would be closed, and the lock given up. */
const taken: DatabaseSync[] = [];

/** Holds it from now on, as the only process. False: another holds it. */
export function take(file: string): boolean {
  const lock = new DatabaseSync(file);
  if (!tryLock(lock)) {
    lock.close();
    return false;
  }
  taken.push(lock);
  return true;
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
