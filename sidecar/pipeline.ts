// The way of a request, from the agent to the API server and back: admit, record, forward, show. Whatever goes wrong in
// one call ends that call alone.
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type AdmitParts, type AtHead, admitHead, admitRest } from './admit.ts';
import { answer } from './answer.ts';
import { beginCall, type Call } from './call.ts';
import { createEnding, streamKindOf } from './ending.ts';
import { forward } from './forward.ts';
import { headersToServer } from './forward-headers.ts';
import type { AgentRequest, AgentResponse, Handle } from './listener.ts';
import type { OpenCall, OpenCalls } from './open-calls.ts';
import { type Account, type Recorder, recorded } from './recorder.ts';
import type { Rooms } from './room.ts';
import { SHOWN, type Shown, show } from './show.ts';
import type { Spending } from './spending.ts';
import { MAX_OPEN_CALLS, type Upstream } from './upstream.ts';

export interface PipelineParts extends AdmitParts {
  readonly spending: Spending;
  readonly upstream: Upstream;
  readonly rooms: Rooms;
  readonly openCalls: OpenCalls;
  readonly recorder: Recorder;
  readonly log: Logger;
}

/** The handler of every request that the listener takes. */
export function createPipeline(parts: PipelineParts): Handle {
  return (req, res) => {
    const call = beginCall(req, parts.now());
    // A stream that breaks has no one left to tell; without a listener its error would end the process.
    req.on('error', () => {});
    res.on('error', () => {});
    void take(parts, call, req, res);
  };
}

/** Never rejects: what is thrown on the way is answered, like everything else that ends a call. */
async function take(parts: PipelineParts, call: Call, req: AgentRequest, res: AgentResponse): Promise<void> {
  let account: Account | undefined;
  let outcome: Shown | Refusal;
  try {
    const atHead = admitHead(parts, call, req);
    account = parts.recorder.open(call);
    outcome =
      atHead.kind === 'refusal'
        ? await recorded(account, call, await parts.spending.count(atHead, call.request, call.id))
        : await serve(parts, account, call, atHead, req, res);
  } catch (error) {
    parts.log.error('a call failed inside', { auditId: call.id, error });
    outcome = refuse('Internal', { request: call.asked, auditId: call.id });
  }
  try {
    finish(account, call, res, outcome);
  } catch (error) {
    parts.log.error('a call could not be finished', { auditId: call.id, error });
  }
}

async function serve(
  parts: PipelineParts,
  account: Account,
  call: Call,
  atHead: AtHead,
  req: AgentRequest,
  res: AgentResponse,
): Promise<Shown | Refusal> {
  const { permit, head } = atHead;
  const { request } = permit;
  if (parts.openCalls.size >= MAX_OPEN_CALLS) return recorded(account, call, refuse('Busy', { request }));
  const stream = streamKindOf(request);
  const ending = createEnding(stream);
  const cutting = new AbortController();
  // An agent that has gone may have gone before there is anything to end.
  res.once('close', () => cutting.abort());
  const hold = parts.rooms.bodies();
  const open: OpenCall = {
    permit,
    contentType: head.headers.get('content-type'),
    cut(refusal) {
      call.cutBy = refusal;
      if (res.headersSent) ending.end(res, refusal);
      cutting.abort();
    },
  };
  const close = parts.openCalls.add(open);
  try {
    const admitted = await admitRest(parts, atHead, req, res, hold);
    if (admitted.kind === 'refusal')
      return await recorded(account, call, await parts.spending.count(admitted, request, call.id));
    // With its body here: calls that withhold the end of theirs would be counted far apart, and made at once.
    const counted = await parts.spending.limit(permit, call.id);
    if (counted.kind === 'refusal') {
      delete call.permit;
      return await recorded(account, call, counted);
    }
    call.permit = counted;
    call.instead = counted.instead ?? admitted.permit.instead;
    // The permit may have ended while the body came or the line was written.
    const stop = (await recorded(account, call, call.cutBy)) ?? call.cutBy;
    if (stop !== undefined) return stop;
    if (res.closed || res.destroyed) return SHOWN;
    return await forward(parts.upstream, req, res, {
      permit: admitted.permit,
      target: admitted.target,
      presented: admitted.presented,
      body: admitted.body,
      signal: cutting.signal,
      headers: headersToServer(head, {
        host: parts.upstream.host,
        accept: admitted.accept,
        compressed: admitted.wall === undefined,
        auditId: call.id,
        presented: admitted.presented,
        bodyBytes: admitted.body?.length,
        contentType: admitted.contentType,
      }),
      show: (upstreamAnswer) =>
        show(upstreamAnswer, res, {
          wall: admitted.wall,
          answers: parts.rooms.answers,
          stream,
          ending,
          request,
          warning: admitted.warning,
          onHidden: (values) => {
            call.masked += values;
          },
        }),
    });
  } finally {
    close();
    // Observe lets a stream go on that Enforce would have cut.
    call.instead ??= open.permit.instead;
    hold(0);
  }
}

/** Says what is ours to say, unless the cut has said it, and closes the account. */
function finish(
  account: Account | undefined,
  call: Call,
  res: AgentResponse,
  outcome: Shown | Refusal,
): void {
  const refusal = call.cutBy ?? (outcome.kind === 'refusal' ? outcome : undefined);
  const said = call.cutBy !== undefined && res.headersSent;
  if (refusal !== undefined && !said) answer(res, refusal, call);
  account?.ended({ status: res.statusCode, refusal, masked: call.masked });
}
