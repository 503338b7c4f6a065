// Where the records of a run go that has a command: its stdout belongs to the command, so they get a file of their own. Its
// recordings lie beside it, in a folder that is made with the first.
import { mkdirSync, openSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../usage-error.ts';

export interface RecordPaths {
  readonly file: string;
  readonly recordings: string;
}

/** Under `$XDG_STATE_HOME` (XDG Base Directory: `~/.local/state` by default), of this run alone. */
export function recordPaths(session: string, environment: NodeJS.ProcessEnv): RecordPaths {
  const state = environment.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  const name = `${new Date().toISOString().replace(/[:.]/g, '-')}-${session}`;
  const path = join(state, 'chaperone', 'records', name);
  return { file: `${path}.jsonl`, recordings: `${path}.recordings` };
}

/** The descriptor of a new file, readable by this user alone. */
export function openRecordFile({ file }: RecordPaths): number {
  const folder = dirname(file);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return openSync(file, 'ax', 0o600);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new UsageError(`XDG_STATE_HOME: records cannot be written to ${folder}: ${code}`);
  }
}
