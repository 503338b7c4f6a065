// Where the records of a run go that has a command: its stdout belongs to the command, so they get a file of their own.
import { mkdirSync, openSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';

export interface RecordFile {
  readonly path: string;
  readonly fd: number;
}

/** A new file under `$XDG_STATE_HOME` (XDG Base Directory: `~/.local/state` by default), readable by this user alone. */
export function openRecordFile(session: string, environment: NodeJS.ProcessEnv): RecordFile {
  const state = environment.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  const folder = join(state, 'chaperone', 'records');
  const path = join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}-${session}.jsonl`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return { path, fd: openSync(path, 'ax', 0o600) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new UsageError(`XDG_STATE_HOME: records cannot be written to ${folder}: ${code}`);
  }
}
