// What the API server answers in place of a switch: shown as any answer is, and one that breaks off is ended, or is a 502.
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { AdmittedStream } from './admit-stream.ts';
import type { Call } from './call.ts';
import { createEnding } from './ending.ts';
import type { AgentResponse } from './listener.ts';
import type { Room } from './room.ts';
import { type Shown, show } from './show.ts';
import type { Answered } from './switch-protocols.ts';

export interface NotSwitched {
  readonly admitted: AdmittedStream;
  readonly call: Call;
  readonly res: AgentResponse;
  readonly room: Room;
}

/** Refuses with UpstreamUnavailable where it breaks off; a response whose head is out is then to be broken off too. */
export function showAnswer(
  { answer }: Answered,
  { admitted, call, res, room }: NotSwitched,
): Promise<Shown | Refusal> {
  const { request, hiding } = admitted;
  const broken = new Promise<Refusal>((resolve) => {
    answer.once('close', () => {
      if (!answer.complete) resolve(refuse('UpstreamUnavailable', { request, why: 'its answer broke off' }));
    });
  });
  const shown = show(answer, res, {
    wall: hiding?.wall,
    answers: room,
    stream: undefined,
    ending: createEnding(undefined),
    request,
    warning: undefined,
    onHidden: (values) => {
      call.masked += values;
    },
  });
  // Whoever reads it fails by the same end of it, and later.
  return Promise.race([shown, broken]);
}
