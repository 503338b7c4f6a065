// The way of a request, from the agent to the API server and back: admit, record, forward, show. Whatever goes wrong in
// one call ends that call alone.
import { type Refusal, refuse } from '../policy/refusal.ts';
import { type AdmitParts, type AtHead, admitHead, admitRest } from './admit.ts';
import { answer } from './answer.ts';
import { beginCall, type Call } from './call.ts';
import { receive } from './carried.ts';
import { noteWords } from './command-words.ts';
import { createEnding, streamKindOf } from './ending.ts';
import { exchange } from './exchange.ts';
import type { AgentRequest, AgentResponse, Handle } from './listener.ts';
import type { OpenCall } from './open-calls.ts';
import { createOwnGet } from './own-call.ts';
import { type Account, type Recorder, recorded } from './recorder.ts';
import { SHOWN, type Shown } from './show.ts';
import { createStreams, type StreamParts } from './stream.ts';
import { MAX_OPEN_CALLS } from './upstream.ts';

export interface PipelineParts extends AdmitParts, StreamParts {
  readonly recorder: Recorder;
}

export interface Pipeline {
  /** The handler of every request that the listener takes. */
  readonly handle: Handle;
  /** Resolves when every call that was taken is at its end, with its account closed. */
  settled(): Promise<unknown>;
}

export function createPipeline(parts: PipelineParts): Pipeline {
  const stream = createStreams(parts);
  const underWay = new Set<Promise<void>>();
  const handle: Handle = (req, res, early) => {
    const call = beginCall(req, parts.now());
    // A stream that breaks has no one left to tell; without a listener its error would end the process.
    req.on('error', () => {});
    res.on('error', () => {});
    const taken = take(parts, call, req, res, early !== undefined, (account, atHead) =>
      early === undefined
        ? serve(parts, account, call, atHead, req, res)
        : stream({ account, call, atHead, res, early }),
    );
    underWay.add(taken);
    void taken.then(() => underWay.delete(taken));
  };
  return { handle, settled: () => Promise.all(underWay) };
}

/** Never rejects: what is thrown on the way is answered, like everything else that ends a call. */
async function take(
  parts: PipelineParts,
  call: Call,
  req: AgentRequest,
  res: AgentResponse,
  upgrades: boolean,
  served: (account: Account, atHead: AtHead) => Promise<Shown | Refusal>,
): Promise<void> {
  let account: Account | undefined;
  let outcome: Shown | Refusal;
  try {
    const atHead = admitHead(parts, call, req, upgrades);
    account = parts.recorder.open(call);
    await noteWords(parts, call);
    outcome =
      atHead.kind === 'refusal'
        ? await recorded(account, call, await parts.spending.count(atHead, call.request, call.id))
        : await served(account, atHead);
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
  const [hold, holdLive] = [parts.rooms.bodies(), parts.rooms.bodies()];
  const get = createOwnGet(parts, { auditId: call.id, signal: cutting.signal, hold: holdLive });
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
    const came = await receive(atHead, req, res, hold);
    if (came.kind === 'refusal') {
      const refusal = await parts.spending.count(call.cutBy ?? came, request, call.id);
      return await recorded(account, call, refusal);
    }
    // With its body here: calls that withhold the end of theirs would be counted far apart, and made at once. And before the
    // API server is asked for anything.
    const counted = await parts.spending.limit(permit, call.id);
    if (counted.kind === 'refusal') {
      delete call.permit;
      return await recorded(account, call, counted);
    }
    const admitted = await admitRest(parts, atHead, came, { hold, get });
    if (admitted.kind === 'refusal') return await recorded(account, call, call.cutBy ?? admitted);
    call.putBack = admitted.writeBack?.first.count;
    call.permit = counted;
    call.instead = counted.instead ?? admitted.permit.instead;
    // Its permit may have ended meanwhile.
    const stop = (await recorded(account, call, call.cutBy)) ?? call.cutBy;
    if (stop !== undefined) return stop;
    if (res.closed || res.destroyed) return SHOWN;
    return await exchange(parts, admitted, { call, head, req, res, stream, ending, signal: cutting.signal });
  } finally {
    close();
    // Observe lets a stream go on that Enforce would have cut.
    call.instead ??= open.permit.instead;
    hold(0);
    holdLive(0);
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
  const said = call.stream?.switchedTo !== undefined || (call.cutBy !== undefined && res.headersSent);
  if (refusal !== undefined && !said) answer(res, refusal, call);
  account?.ended({ status: res.statusCode, refusal, masked: call.masked });
}
