// An admitted call and its answer: forwarded, and shown. A write that was judged against what stood there, and is refused because
// that has changed, is judged again and sent again, as the API server does it within a patch; what was said of it is not shown.
import type { IncomingMessage } from 'node:http';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { Admitted } from './admit.ts';
import type { Call } from './call.ts';
import type { Ending, StreamKind } from './ending.ts';
import { forward, type Instead } from './forward.ts';
import { headersToServer } from './forward-headers.ts';
import type { Head } from './head.ts';
import type { AgentRequest, AgentResponse } from './listener.ts';
import type { Rooms } from './room.ts';
import { type Shown, show } from './show.ts';
import type { Upstream } from './upstream.ts';
import type { Judged } from './write-back.ts';

/** MaxRetryWhenPatchConflicts: k8s.io/apiserver/pkg/endpoints/handlers/patch.go. */
const MAX_TRIES_AGAIN = 5;

export interface ExchangeParts {
  readonly upstream: Upstream;
  readonly rooms: Rooms;
}

/** One call on its way, as far as it has come. */
export interface Exchanging {
  readonly call: Call;
  readonly head: Head;
  readonly req: AgentRequest;
  readonly res: AgentResponse;
  readonly stream: StreamKind;
  readonly ending: Ending;
  /** Aborted when the permit ends, or the agent has gone. */
  readonly signal: AbortSignal;
}

/** What stood there has changed before the write took effect. */
interface Overtaken {
  readonly kind: 'overtaken';
  /** Judged against what stands there now. */
  readonly again: Judged;
}

/** Every attempt has the call's own Audit-ID: it is the agent's call, until it takes effect. */
export async function exchange(
  parts: ExchangeParts,
  admitted: Admitted,
  exchanging: Exchanging,
): Promise<Shown | Refusal> {
  const { writeBack, permit } = admitted;
  const showing = (answer: IncomingMessage) => showTo(answer, parts, admitted, exchanging);
  if (writeBack === undefined) return send<never>(parts, admitted, exchanging, showing);
  let judged = writeBack.first;
  for (let triesAgain = judged.pinned ? MAX_TRIES_AGAIN : 0; ; triesAgain -= 1) {
    let looked: Promise<Judged | Refusal> | undefined;
    const heeding = async (answer: IncomingMessage): Promise<Shown | Refusal | Overtaken> => {
      if (!judged.hides || !mayCompare(answer)) return showing(answer);
      looked = writeBack.judge();
      const again = await looked;
      if (again.kind === 'refusal') return again;
      return isOf(answer, judged, again) ? showing(answer) : { kind: 'overtaken', again };
    };
    const sending = { ...admitted, body: judged.body.bytes };
    const outcome = await send(parts, sending, exchanging, heeding);
    // The answer may break off while the object is read: then that is waited for, since it holds of the room.
    await looked;
    if (outcome.kind !== 'overtaken') return outcome;
    if (triesAgain === 0) return refuse('ObjectChanged', { request: permit.request });
    judged = outcome.again;
    exchanging.call.putBack = judged.count;
  }
}

/** The API server compares fields that others own, and what a JSON Patch tests, before it looks at the version. */
const mayCompare = ({ statusCode }: IncomingMessage) => statusCode === 409 || statusCode === 422;

/**
 * Whether an answer is about what the write was judged against, and nothing else: the object was at one version before and after
 * it. Where there was none before and after, one may have come and gone, with which all that is sent to none is a conflict.
 */
function isOf({ statusCode }: IncomingMessage, judged: Judged, again: Judged): boolean {
  return judged.version === again.version && (judged.version !== undefined || statusCode === 422);
}

function send<Other extends Instead>(
  { upstream }: ExchangeParts,
  { permit, target, presented, body, wall, accept, contentType }: Admitted,
  { call, head, req, res, signal }: Exchanging,
  shown: (answer: IncomingMessage) => Promise<Shown | Refusal | Other>,
): Promise<Shown | Refusal | Other> {
  return forward(upstream, req, res, {
    permit,
    target,
    presented,
    body,
    signal,
    headers: headersToServer(head, {
      host: upstream.host,
      accept,
      compressed: wall === undefined,
      auditId: call.id,
      presented,
      bodyBytes: body?.length,
      contentType,
    }),
    show: shown,
  });
}

function showTo(
  answer: IncomingMessage,
  { rooms }: ExchangeParts,
  { wall, warning, permit }: Admitted,
  { call, res, stream, ending }: Exchanging,
): Promise<Shown | Refusal> {
  return show(answer, res, {
    wall,
    answers: rooms.answers,
    stream,
    ending,
    request: permit.request,
    warning,
    onHidden: (values) => {
      call.masked += values;
    },
  });
}
