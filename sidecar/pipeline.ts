// The way of a request, from the agent to the API server and back: admit, record, forward, show. Whatever goes wrong in
// one call ends that call alone.
import type { ClientRequest } from 'node:http';
import type { Hash } from '../masking/sentinel.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type AdmitParts, admitHead, admitRest } from './admit.ts';
import { answer } from './answer.ts';
import type { Body } from './body.ts';
import { beginCall, type Call } from './call.ts';
import { createEnding, streamKindOf } from './ending.ts';
import { forward } from './forward.ts';
import { headersToServer } from './forward-headers.ts';
import type { AgentRequest, AgentResponse, Handle } from './listener.ts';
import type { OpenCalls } from './open-calls.ts';
import type { Account, Recorder } from './recorder.ts';
import { type Shown, show } from './show.ts';
import type { Upstream } from './upstream.ts';

export interface PipelineParts extends AdmitParts {
  readonly upstream: Upstream;
  readonly openCalls: OpenCalls;
  readonly recorder: Recorder;
  /** Keys this pod's sentinels. */
  readonly hash: Hash;
  readonly log: Logger;
}

/** The handler of every request that the listener takes. */
export function createPipeline(parts: PipelineParts): Handle {
  return (req, res) => {
    const call = beginCall(req.method ?? '', connectionOf(req), parts.now());
    // A stream that breaks has no one left to tell; without a listener its error would end the process.
    req.on('error', () => {});
    res.on('error', () => {});
    serve(parts, call, req, res).catch((error: unknown) => {
      parts.log.error('a call failed inside', { auditId: call.id, error });
      answer(res, refuse('Internal', {}), call.id);
    });
  };
}

async function serve(parts: PipelineParts, call: Call, req: AgentRequest, res: AgentResponse): Promise<void> {
  const atHead = admitHead(parts, call, req);
  const account = parts.recorder.open(call);
  if (atHead.kind === 'refusal') {
    const stop = await recorded(account, call, atHead);
    finish(account, call, res, stop);
    return;
  }
  const stream = streamKindOf(atHead.permit.request);
  const ending = createEnding(stream);
  let upstreamRequest: ClientRequest | undefined;
  let body: Body | undefined;
  const close = parts.openCalls.add({
    permit: atHead.permit,
    contentType: atHead.head.headers.get('content-type'),
    cut(refusal) {
      call.cutBy = refusal;
      if (res.headersSent) ending.end(res, refusal);
      upstreamRequest?.destroy();
    },
  });
  try {
    const admitted = await admitRest(parts, atHead, req, res, (read) => {
      body = read;
    });
    const refusal = call.cutBy ?? (admitted.kind === 'refusal' ? admitted : undefined);
    const stop = (await recorded(account, call, refusal)) ?? call.cutBy;
    if (stop !== undefined || admitted.kind === 'refusal') {
      finish(account, call, res, stop);
      return;
    }
    const { permit, head } = atHead;
    const outcome = await forward(parts.upstream, req, res, {
      permit,
      presented: admitted.presented,
      body: admitted.body,
      headers: headersToServer(head, {
        host: parts.upstream.host,
        accept: admitted.accept,
        compressed: !admitted.mask,
        auditId: call.id,
        presented: admitted.presented,
        bodyBytes: admitted.body?.length,
      }),
      show: (upstreamAnswer) =>
        show(upstreamAnswer, res, {
          hash: admitted.mask ? parts.hash : undefined,
          stream,
          ending,
          method: head.method,
        }),
      onRequest: (request) => {
        upstreamRequest = request;
      },
    });
    finish(account, call, res, call.cutBy ?? (outcome.kind === 'refusal' ? outcome : undefined), outcome);
  } finally {
    close();
    if (body !== undefined) parts.bodies.release(body);
  }
}

/** Keeps the record of the decision before anything follows from it; what cannot be recorded is refused. */
async function recorded(
  account: Account,
  call: Call,
  refusal: Refusal | undefined,
): Promise<Refusal | undefined> {
  if (await account.decided(refusal)) return refusal;
  return refuse('RecordFailed', call.request === undefined ? {} : { request: call.request });
}

/** Says what is ours to say, unless the cut has said it, and closes the account. */
function finish(
  account: Account,
  call: Call,
  res: AgentResponse,
  refusal: Refusal | undefined,
  outcome?: Shown | Refusal,
): void {
  const said = refusal === call.cutBy && res.headersSent;
  if (refusal !== undefined && !said) answer(res, refusal, call.id);
  account.ended({
    status: res.statusCode,
    refusal,
    masked: outcome?.kind === 'shown' ? outcome.masked : 0,
  });
}

const connections = new WeakMap<object, string>();
let connectionCount = 0;

function connectionOf(req: AgentRequest): string {
  const carrier = 'stream' in req ? (req.stream.session ?? req.stream) : req.socket;
  const known = connections.get(carrier);
  if (known !== undefined) return known;
  connectionCount += 1;
  const name = `connection-${connectionCount}`;
  connections.set(carrier, name);
  return name;
}
