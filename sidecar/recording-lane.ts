// One recording as the controller is told of it: its header on each connection anew, then what is not acknowledged, one message
// at a time. Pure but for its promises: whoever has the connection writes what it is given.
import { CastHeaderSchema, MAX_RECORDING_LINE_BYTES, type RecordingAnswer } from '../wire/recordings.ts';
import type { Place } from './recording-place.ts';

interface Pending {
  readonly seq: number;
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface Lane extends Place {
  /** What a new connection is told at first. */
  announced(): string;
  /** The controller's word on this recording. */
  take(answer: RecordingAnswer): void;
}

export interface LaneParts {
  readonly id: string;
  /** Writes to the connection of the moment, if there is one. */
  readonly write: (line: string) => void;
  readonly onEnd: () => void;
}

export function createLane({ id, write, onEnd }: LaneParts): Lane {
  const losing = new AbortController();
  let header = '';
  let seq = 0;
  let pending: Pending | undefined;

  const say = (line: string): Promise<void> =>
    new Promise((resolve, reject) => {
      if (losing.signal.aborted) return reject(losing.signal.reason);
      pending = { seq, line, resolve, reject };
      return write(line);
    });

  function settle(how: (settled: Pending) => void): void {
    const settled = pending;
    pending = undefined;
    if (settled !== undefined) how(settled);
  }

  function lose(error: Error): void {
    losing.abort(error);
    settle(({ reject }) => reject(error));
  }

  return {
    lost: losing.signal,
    begin(line) {
      // A line that the controller would not read would end the stream that all recordings share.
      CastHeaderSchema.parse(JSON.parse(line));
      header = `{"kind":"open","id":"${id}","header":${line}}\n`;
      if (Buffer.byteLength(header) > MAX_RECORDING_LINE_BYTES) throw new Error('its header is too long');
      return say(header);
    },
    keep(lines) {
      seq += 1;
      return say(`{"kind":"chunk","id":"${id}","seq":${seq},"events":[${lines.join(',')}]}\n`);
    },
    end() {
      seq += 1;
      return say(`{"kind":"close","id":"${id}","seq":${seq}}\n`);
    },
    abandon() {
      lose(new Error('it is over'));
      onEnd();
    },
    announced: () => (pending === undefined || pending.line === header ? header : header + pending.line),
    take(answer) {
      if (answer.kind === 'refused') return lose(new Error(`the controller refuses it: ${answer.why}`));
      if (answer.seq === pending?.seq) settle(({ resolve }) => resolve());
    },
  };
}
