// What one read gave of one stream after each other, as one: a thousand frames of one byte cost no more than one of a thousand.
import { closedUp } from '../joined.ts';
import type { Frame } from './frame.ts';

type Data = Extract<Frame, { kind: 'data' }>;

/** The same frames, but for the borders between data of one stream. */
export function inRuns(frames: readonly Frame[]): readonly Frame[] {
  const runs: (Data[] | Exclude<Frame, Data>)[] = [];
  for (const frame of frames) {
    const run = runs.at(-1);
    if (frame.kind !== 'data') runs.push(frame);
    else if (Array.isArray(run) && run[0]?.id === frame.id) run.push(frame);
    else runs.push([frame]);
  }
  return runs.map((run) => (Array.isArray(run) ? asOne(run) : run));
}

/** Of one stream, at least one. */
const asOne = (run: readonly Data[]): Data => ({
  ...(run[0] as Data),
  bytes: closedUp(run.map(({ bytes }) => bytes)),
});
