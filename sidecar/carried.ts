// What a call carries: its body, read whole, checked, and judged where it is a review of rights or writes pods.
import type { Wall } from '../masking/wall.ts';
import type { Permit } from '../policy/decide.ts';
import type { Refusal } from '../policy/refusal.ts';
import { reviewKind } from '../policy/review/kind.ts';
import type { Body, BodyReader } from './body.ts';
import type { Head } from './head.ts';
import { judgeWorkload } from './judge-workload.ts';
import type { AgentRequest, AgentResponse } from './listener.ts';
import { askReview, type ReviewParts } from './review.ts';
import { checkWriteBody } from './write-body.ts';

export interface Carried {
  readonly kind: 'carried';
  /** What it is forwarded under. */
  readonly permit: Permit;
  /** To be sent on, printed from what was read; undefined where the method has none. */
  readonly bytes: Buffer | undefined;
  /** Of what is printed in another form than it came. */
  readonly contentType?: string;
  /** What its answer is read through; undefined: the body wants none. */
  readonly wall?: Wall;
  /** For the agent, with its answer. */
  readonly warning?: string | undefined;
}

export interface CarriedParts extends ReviewParts {
  readonly bodies: BodyReader;
  /** No webhook sees what is written of pods: it is judged here. */
  readonly judgesWorkloads: boolean;
}

/** Reads what a permitted call carries. `held` is given its bytes to release at the call's end. */
export async function readCarried(
  parts: CarriedParts,
  { permit, head }: { readonly permit: Permit; readonly head: Head },
  req: AgentRequest,
  res: AgentResponse,
  held: (body: Body) => void,
): Promise<Carried | Refusal> {
  if (!hasBody(head.method)) return { kind: 'carried', permit, bytes: undefined };
  if (head.headers.get('expect')?.toLowerCase() === '100-continue') res.writeContinue();
  const read = await parts.bodies.read(req, permit.request);
  if (read.kind === 'refusal') return read;
  held(read);
  const type = head.headers.get('content-type');
  const review = reviewKind(permit.request);
  if (review !== undefined) return askReview(review, read.bytes, type, permit, parts);
  const checked = checkWriteBody(read.bytes, type, permit);
  if (checked.kind === 'refusal') return checked;
  const { bytes } = checked;
  const judged = parts.judgesWorkloads
    ? judgeWorkload(bytes, type, permit, parts.held.current(), parts.now())
    : undefined;
  return judged ?? { kind: 'carried', permit, bytes };
}

function hasBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}
