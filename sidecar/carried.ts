// What a call carries: its body, read whole, and then asked as the review of rights it is, or written.
import type { Hold } from '../masking/growing-bytes.ts';
import type { Wall } from '../masking/wall.ts';
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { reviewKind } from '../policy/review/kind.ts';
import { readBody } from './body.ts';
import type { Head } from './head.ts';
import type { AgentRequest, AgentResponse } from './listener.ts';
import type { OwnGet } from './own-call.ts';
import { askReview, type ReviewParts } from './review.ts';
import { prepareWrite, type WriteParts } from './write.ts';
import type { Judged, WriteBack } from './write-back.ts';
import { headRefused } from './write-body.ts';

export interface Carried {
  readonly kind: 'carried';
  /** What it is forwarded under. */
  readonly permit: Permit;
  /** To be sent on, printed from what was read; undefined where the method has none. */
  readonly bytes: Buffer | undefined;
  /** Of what is printed in another form than it came. */
  readonly contentType?: string | undefined;
  /** What its answer is read through; undefined: the body wants none. */
  readonly wall?: Wall;
  /** Where hidden values were put back into it, or might have been. */
  readonly writeBack?: WriteBack & { readonly first: Judged };
  /** For the agent, with its answer. */
  readonly warning?: string | undefined;
}

export interface CarriedParts extends ReviewParts, WriteParts {}

/** One call's own: how it reads what stands there, and what it holds of the room for bodies until it has ended. */
export interface Carrying {
  readonly get: OwnGet;
  readonly hold: Hold;
}

/** A permitted call, of which the head has been read. */
interface Headed {
  readonly permit: Permit;
  readonly head: Head;
}

/** What came of a call, whole; undefined where its method has no body. */
export interface Came {
  readonly kind: 'came';
  readonly bytes: Buffer | undefined;
}

/** Waits for the body of a call. */
export async function receive(
  { permit, head }: Headed,
  req: AgentRequest,
  res: AgentResponse,
  hold: Hold,
): Promise<Came | Refusal> {
  if (!hasBody(head.method)) return { kind: 'came', bytes: undefined };
  const refused = headRefused(permit.request, head.headers);
  if (refused !== undefined) return refused;
  if (head.headers.get('expect')?.toLowerCase() === '100-continue') res.writeContinue();
  const read = await readBody(req, permit.request, hold);
  return read.kind === 'refusal' ? read : { kind: 'came', bytes: read.bytes };
}

/** Reads what a call carries. */
export async function readCarried(
  parts: CarriedParts,
  { permit, head }: Headed,
  { bytes }: Came,
  { get, hold }: Carrying,
): Promise<Carried | Refusal> {
  if (bytes === undefined) return { kind: 'carried', permit, bytes };
  const type = head.headers.get('content-type');
  const review = reviewKind(permit.request);
  const carried =
    review === undefined
      ? await prepareWrite(parts, permit, bytes, type, { get, hold })
      : askReview(review, bytes, type, permit, parts);
  if (carried.kind === 'refusal' || carried.writeBack !== undefined) return carried;
  // What came is let go; what goes on may be longer.
  return hold(carried.bytes?.length ?? 0) ? carried : refuse('Busy', { request: permit.request });
}

function hasBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}
