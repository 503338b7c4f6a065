// One window: a load through one subject, and the CPU time that the subject's process tree took from its begin to its end.
import { createInterface } from 'node:readline';
import type { Counted, Job, Said } from './load/job.ts';
import type { Load } from './loads.ts';
import { cpuMs } from './process.ts';
import { beside, start } from './programs.ts';
import type { Subject } from './stand.ts';

const US_IN_MS = 1000;

export interface Window extends Counted {
  /** User and system, µs a request or event; `direct` has none. */
  readonly cpuUs?: number;
}

export interface Timing {
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** `netns` is a process in whose network namespace the load runs; `program` the bundled load generator. */
export async function measure(
  netns: number,
  program: string,
  load: Load,
  { name, pid, url, ca, token }: Subject,
  timing: Timing,
): Promise<Window> {
  const child = start(beside(netns, [process.execPath, program]));
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const job: Job = { load, url, ca, token, ...timing };
  child.stdin.end(JSON.stringify(job));
  const cpu = async (): Promise<number> => (pid === undefined ? 0 : cpuMs(pid));
  let beforeMs: number | undefined;
  for await (const line of createInterface(child.stdout)) {
    const said = JSON.parse(line) as Said;
    if (said.at === 'begin') {
      beforeMs = await cpu();
      continue;
    }
    const { at: _end, ...counted } = said;
    const spentMs = (await cpu()) - (beforeMs ?? 0);
    return pid === undefined ? counted : { ...counted, cpuUs: (spentMs * US_IN_MS) / counted.count };
  }
  throw new Error(`${load.name}, ${name}: ${complaint || 'the load generator said nothing'}`);
}
