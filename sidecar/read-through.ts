// An answer on its way through a wall to the agent. What has come and cannot go on yet, and what is printed and not yet taken,
// is held of one room for all of them: a slow agent, or many large answers at once, cost no more memory than that.
import type { IncomingMessage } from 'node:http';
import type { Hold } from '../masking/growing-bytes.ts';
import type { Failure, MaskedBytes, Masker } from '../masking/masker.ts';
import type { ApiRequest } from '../policy/api-request.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { AgentResponse } from './listener.ts';
import type { Room } from './room.ts';

/** Of all answers that are read at one moment: two of the largest, or many as they are in practice. */
export const MAX_ANSWERS_BYTES = 32 * 1024 * 1024;

export interface ReadingThrough {
  /** Of this one answer; what it keeps is held with `hold`. */
  readonly masker: (hold: Hold) => Masker;
  readonly answers: Room;
  readonly request: ApiRequest;
  /** Told before anything is written, or that nothing will be. */
  readonly onFirst: () => void;
  /** Told how many values were hidden, as they are. */
  readonly onHidden: (values: number) => void;
}

/**
 * Passes on what may be shown. Refusals, after which of a body nothing was shown, and of a watch nothing more is:
 * UnreadableResponse, and Busy where there is no room at this moment. Rejects where the answer breaks off.
 */
export async function readThrough(
  answer: IncomingMessage,
  res: AgentResponse,
  { masker: createMasker, answers, request, onFirst, onHidden }: ReadingThrough,
): Promise<Refusal | undefined> {
  const [received, printed] = [answers(), answers()];
  const masker = createMasker(received);
  const pass = async (step: MaskedBytes | Failure): Promise<Refusal | undefined> => {
    if (step.kind === 'unreadable') return refuse('UnreadableResponse', { request, why: step.why });
    if (step.kind === 'noRoom' || !printed(sizeOf(step.chunks))) return refuse('Busy', { request });
    onHidden(step.count);
    if (step.chunks.length > 0) onFirst();
    await put(res, step.chunks);
    // A watch may now be quiet for an hour.
    printed(0);
    return undefined;
  };
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      const refusal = await pass(masker.write(chunk));
      if (refusal !== undefined) return refusal;
    }
    const refusal = await pass(masker.end());
    if (refusal === undefined) onFirst();
    return refusal;
  } finally {
    received(0);
    printed(0);
  }
}

const sizeOf = (chunks: readonly Uint8Array[]) => chunks.reduce((size, chunk) => size + chunk.length, 0);

async function put(res: AgentResponse, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) {
    if (res.closed || res.destroyed) return;
    if (!(res as NodeJS.WritableStream).write(chunk)) await drained(res);
  }
}

/** Until the agent has taken what was written, or has gone. */
function drained(res: AgentResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
  });
}
