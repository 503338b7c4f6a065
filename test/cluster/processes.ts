// What can be asked about a process that is not our child: by /proc on Linux, where ps may be missing, else by ps.
import { readFile } from 'node:fs/promises';
import { run } from './run.ts';

/** Its command line; empty when there is no such process, and already while one ends. */
export async function commandLine(pid: number): Promise<string> {
  if (process.platform !== 'linux') return (await run(['ps', '-o', 'args=', '-p', `${pid}`])).stdout;
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
}

/** Whether nothing of it is left but, perhaps, a zombie that waits for its parent to take notice. */
export async function hasEnded(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') {
    const { stdout } = await run(['ps', '-o', 'stat=', '-p', `${pid}`]);
    return stdout.trim() === '' || stdout.startsWith('Z');
  }
  return (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')).includes(') Z');
}
