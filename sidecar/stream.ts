// The way of an exec, an attach or a port-forward: admitted, recorded, switched to, and spliced until either side or its permit
// ends. Until protocols are switched it is a call like any other, and answered like one.
import { openPort } from '../policy/open-port.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { AtHead } from './admit.ts';
import { type AdmitStreamParts, type AdmittedStream, admitStream } from './admit-stream.ts';
import type { Call } from './call.ts';
import type { Early } from './early.ts';
import { createEnding } from './ending.ts';
import type { AgentResponse } from './listener.ts';
import { openStream } from './live-stream.ts';
import { showAnswer } from './not-switched.ts';
import type { OpenCall, OpenCalls } from './open-calls.ts';
import { type Account, recorded } from './recorder.ts';
import type { Rooms } from './room.ts';
import { SHOWN, type Shown } from './show.ts';
import { switchProtocols } from './switch-protocols.ts';
import { createTurns, type Turns } from './turns.ts';
import { MAX_OPEN_CALLS, type Upstream } from './upstream.ts';

export interface StreamParts extends AdmitStreamParts {
  readonly upstream: Upstream;
  readonly rooms: Rooms;
  readonly openCalls: OpenCalls;
  readonly log: Logger;
}

export interface Streaming {
  readonly account: Account;
  readonly call: Call;
  readonly atHead: AtHead;
  /** Answers on the connection unless protocols are switched. */
  readonly res: AgentResponse;
  readonly early: Early;
}

/** Each has two connections of its own, and what is on its way on them. */
export const MAX_STREAMS = 256;

export type ServeStream = (streaming: Streaming) => Promise<Shown | Refusal>;

export function createStreams(parts: StreamParts): ServeStream {
  const turns = createTurns(parts.now);
  let underWay = 0;
  return async (streaming) => {
    const { account, call, atHead } = streaming;
    if (underWay >= MAX_STREAMS || parts.openCalls.size >= MAX_OPEN_CALLS)
      return recorded(account, call, refuse('Busy', { request: atHead.permit.request }));
    underWay += 1;
    try {
      return await serve(parts, streaming, turns);
    } finally {
      underWay -= 1;
    }
  };
}

async function serve(
  parts: StreamParts,
  { account, call, atHead, res, early }: Streaming,
  turns: Turns,
): Promise<Shown | Refusal> {
  const cutting = new AbortController();
  // Not AbortSignal.any: Node keeps such a one for good where neither of its sources is ever aborted.
  if (early.gone.aborted) cutting.abort();
  early.gone.addEventListener('abort', () => cutting.abort(), { once: true });
  let cut = (refusal: Refusal): void => {
    if (res.headersSent) createEnding(undefined).end(res, refusal);
    cutting.abort();
  };
  const open: OpenCall = {
    permit: atHead.permit,
    contentType: undefined,
    cut(refusal) {
      call.cutBy ??= refusal;
      cut(refusal);
    },
  };
  const close = parts.openCalls.add(open);
  let admitted: AdmittedStream | undefined;
  try {
    const came = await admitStream(parts, atHead, call);
    if (came.kind === 'admitted') admitted = came;
    const refusal = call.cutBy ?? (came.kind === 'refusal' ? came : undefined);
    // The permit may have ended while the line was written.
    const stop = (await recorded(account, call, refusal)) ?? call.cutBy;
    if (stop !== undefined || admitted === undefined) return stop ?? SHOWN;
    open.permit = { ...open.permit, instead: admitted.permit.instead };
    const { head } = atHead;
    const switched = await switchProtocols(parts.upstream, {
      ...admitted,
      head,
      auditId: call.id,
      signal: cutting.signal,
    });
    if (switched.kind === 'refusal') return switched;
    if (switched.kind === 'answered')
      return await showAnswer(switched, { admitted, call, res, room: parts.rooms.answers });
    const live = openStream({
      ...{ admitted, switched, call, res, turns },
      socket: early.take(),
      room: parts.rooms.answers,
      ask: (port) => askPort(parts, open, port),
      stands: () => parts.openCalls.stands(open),
      mustRecord: () => open.permit.stream?.record !== 'optional',
      cut: (refusal) => open.cut(refusal),
    });
    cut = live.cut;
    const end = await live.ended;
    if (end.kind === 'thrown')
      parts.log.error('a stream failed inside', { auditId: call.id, error: end.error });
    return SHOWN;
  } finally {
    close();
    // Observe lets a stream go on that Enforce would have cut.
    call.instead ??= open.permit.instead;
    open.cut = () => {};
    await admitted?.recording?.close();
    const kept = admitted?.stream.switchedTo === undefined || (await account.closed());
    if (!kept) parts.log.error('the end of a stream was not recorded', { auditId: call.id });
  }
}

/** What stands against opening a port; what is permitted is asked again with all that is open. */
function askPort({ held, now }: StreamParts, open: OpenCall, port: number): Refusal | undefined {
  const { permit } = open;
  const entitlements = held.current();
  if (entitlements === undefined) return refuse('StaleLease', { request: permit.request });
  const answer = openPort(permit, port, entitlements, now());
  if (answer.kind === 'refusal') return answer;
  open.permit = { ...answer, instead: permit.instead ?? answer.instead };
  return undefined;
}
