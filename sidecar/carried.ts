// What a call carries: its body, read whole, checked, and judged where it is a review of rights or writes pods.
import type { Hold } from '../masking/growing-bytes.ts';
import type { Wall } from '../masking/wall.ts';
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { reviewKind } from '../policy/review/kind.ts';
import { readBody } from './body.ts';
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
  /** No webhook sees what is written of pods: it is judged here. */
  readonly judgesWorkloads: boolean;
}

/** Reads what a permitted call carries. `hold`: of the room for bodies, until the call has ended. */
export async function readCarried(
  parts: CarriedParts,
  { permit, head }: { readonly permit: Permit; readonly head: Head },
  req: AgentRequest,
  res: AgentResponse,
  hold: Hold,
): Promise<Carried | Refusal> {
  if (!hasBody(head.method)) return { kind: 'carried', permit, bytes: undefined };
  if (head.headers.get('expect')?.toLowerCase() === '100-continue') res.writeContinue();
  const read = await readBody(req, permit.request, hold);
  if (read.kind === 'refusal') return read;
  const carried = check(parts, permit, read.bytes, head);
  if (carried.kind === 'refusal') return carried;
  // What came is let go; what goes on may be longer.
  return hold(carried.bytes?.length ?? 0) ? carried : refuse('Busy', { request: permit.request });
}

function check(parts: CarriedParts, permit: Permit, bytes: Buffer, head: Head): Carried | Refusal {
  const type = head.headers.get('content-type');
  const review = reviewKind(permit.request);
  if (review !== undefined) return askReview(review, bytes, type, permit, parts);
  const checked = checkWriteBody(bytes, type, permit);
  if (checked.kind === 'refusal') return checked;
  const judged = parts.judgesWorkloads
    ? judgeWorkload(checked.bytes, type, permit, parts.held.current(), parts.now())
    : undefined;
  return judged ?? { kind: 'carried', permit, bytes: checked.bytes };
}

function hasBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}
