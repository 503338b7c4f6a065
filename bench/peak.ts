// The most memory that a process takes while something goes on: sampled, because Linux keeps a high-water mark of RSS only.
import { readFile } from 'node:fs/promises';
import { setInterval as every } from 'node:timers/promises';
import { type Memory, peakRss } from './proc.ts';
import { memory } from './process.ts';

/** Finer costs the measured process more than it tells. */
const SAMPLE_EVERY_MS = 50;

/** Both figures at their highest: RSS since the process began, private while `during` went on. */
export async function peakMemory(pid: number, during: () => Promise<void>): Promise<Memory> {
  const over = new AbortController();
  let most = (await memory(pid)).private;
  const sample = async (): Promise<void> => {
    for await (const _ of every(SAMPLE_EVERY_MS, undefined, { signal: over.signal })) {
      most = Math.max(most, (await memory(pid)).private);
    }
  };
  const sampling = sample().catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
  await Promise.all([during().finally(() => over.abort()), sampling]);
  return { rss: peakRss(await readFile(`/proc/${pid}/status`, 'utf8')), private: most };
}
