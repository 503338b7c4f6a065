// Recordings kept by the controller, over the connection that the entitlements come by: one stream of lines for all of them,
// as long as there is one. When it ends, the next one, of this replica or another, is told where each of them stands.
import type { ClientHttp2Stream } from 'node:http2';
import { setTimeout as after } from 'node:timers/promises';
import { readLines } from '../wire/lines.ts';
import { MAX_RECORDING_LINE_BYTES, MAX_RECORDINGS, RecordingAnswerSchema } from '../wire/recordings.ts';
import { ROUTES } from '../wire/routes.ts';
import type { Following, Line } from './following.ts';
import type { Recordings } from './recording.ts';
import { createLane, type Lane } from './recording-lane.ts';
import { type PlaceParts, recordAt } from './recording-place.ts';

/** After a stream that ended by itself. */
const AGAIN_AFTER_MS = 200;

export interface ByControllerParts extends PlaceParts {
  readonly following: Pick<Following, 'next'>;
}

export function recordByController({ following, clock, log }: ByControllerParts): Recordings {
  const lanes = new Map<string, Lane>();
  let isRunning = false;
  let current: ClientHttp2Stream | undefined;

  async function run(): Promise<void> {
    isRunning = true;
    while (lanes.size > 0) {
      const line = await following.next(undefined, new AbortController().signal);
      if (line === undefined || lanes.size === 0) break;
      await serve(line).catch((error: unknown) => log.warn('the stream of recordings broke off', { error }));
      const endedItself = current !== undefined;
      current = undefined;
      if (endedItself) await after(AGAIN_AFTER_MS);
    }
    isRunning = false;
  }

  async function serve(line: Line): Promise<void> {
    const stream = line.request(ROUTES.recordings.method, ROUTES.recordings.path);
    current = stream;
    stream.on('response', ({ ':status': status }) => {
      if (status !== 200) stream.destroy(new Error(`the controller answered ${status}`));
    });
    for (const lane of lanes.values()) stream.write(lane.announced());
    const read = readLines(MAX_RECORDING_LINE_BYTES);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      for (const line of read(piece)) {
        if (line.kind === 'broken') throw new Error(line.why);
        const answer = RecordingAnswerSchema.parse(JSON.parse(line.text));
        lanes.get(answer.id)?.take(answer);
      }
    }
  }

  return recordAt(
    (id) => {
      if (lanes.has(id)) throw new Error('it is open already');
      if (lanes.size >= MAX_RECORDINGS) throw new Error(`${MAX_RECORDINGS} are open already`);
      const lane = createLane({
        id,
        write: (line) => void current?.write(line),
        onEnd() {
          if (lanes.get(id) !== lane) return;
          lanes.delete(id);
          if (lanes.size > 0) return;
          current?.end();
          current = undefined;
        },
      });
      lanes.set(id, lane);
      if (!isRunning) void run();
      return lane;
    },
    { clock, log },
  );
}
