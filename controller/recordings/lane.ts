// One recording as one connection brings it: begun, then number after number, one at a time. What does not follow is refused,
// and so is everything after it.
import type { RecordingAnswer, RecordingMessage } from '../../wire/recordings.ts';
import type { Part, Refused } from './store.ts';

export interface Lane {
  /** Resolves when what was said is on disk, or is refused. */
  take(message: RecordingMessage): Promise<RecordingAnswer>;
  readonly isOver: boolean;
  close(): void;
}

type Begin = (message: Extract<RecordingMessage, { kind: 'open' }>) => Promise<Part | Refused>;

export function createLane(id: string, begin: Begin): Lane {
  let part: Part | undefined;
  let last: number | undefined;
  let isOver = false;
  let turn: Promise<unknown> = Promise.resolve();

  async function keep(message: RecordingMessage): Promise<Refused | undefined> {
    if (isOver) return 'OutOfTurn';
    if (message.kind === 'open') {
      if (part !== undefined || message.header.chaperone.id !== id) return 'OutOfTurn';
      const begun = await begin(message);
      if (typeof begun === 'string') return begun;
      part = begun;
      return undefined;
    }
    // The first may be any: what came before it has been kept by another connection.
    if (part === undefined || (last !== undefined && message.seq !== last + 1)) return 'OutOfTurn';
    last = message.seq;
    const { seq } = message;
    if (message.kind === 'chunk') return part.append({ kind: 'chunk', seq, events: message.events });
    const why = await part.append({ kind: 'close', seq });
    end();
    return why;
  }

  function end(): void {
    isOver = true;
    part?.close();
  }

  async function answerTo(message: RecordingMessage): Promise<RecordingAnswer> {
    const why = await keep(message);
    if (why === undefined) return { kind: 'kept', id, seq: message.kind === 'open' ? 0 : message.seq };
    end();
    return { kind: 'refused', id, why };
  }

  return {
    take(message) {
      const answer = turn.then(() => answerTo(message));
      turn = answer;
      return answer;
    },
    get isOver() {
      return isOver;
    },
    close: () => void turn.then(end),
  };
}
