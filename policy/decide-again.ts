// The decision over what is under way, asked again when the entitlements have changed or the permit's end has come.
// A Permit comes from decide.ts here too.
import { decide, type Permit } from './decide.ts';
import type { Entitlements } from './entitlements.ts';
import { hidesMore } from './kinds/masking.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Less than was permitted is a refusal too: an answer under way may hold real values. */
export function decideAgain(
  { request, reveal, filter, masking, stream, rule }: Permit,
  entitlements: Entitlements,
  nowMs: number,
  contentType?: string,
): Permit | Refusal {
  const again = decide(request, entitlements, nowMs, contentType);
  if (again.kind === 'refusal') return again;
  const facts = { request, rule, now: again.rule };
  if (reveal && !again.reveal && !again.unmasked) return refuse('RevealEnded', facts);
  if (again.filter !== undefined && !filter?.every((name) => again.filter?.includes(name)))
    return refuse('FilterNarrowed', facts);
  if (hidesMore(again.masking, masking)) return refuse('MaskingAdded', facts);
  if (stream?.record === 'optional' && again.stream?.record === 'required')
    return refuse('RecordingAdded', facts);
  // What is shown and recorded meanwhile was settled when it was asked for.
  const { record = 'required' } = stream ?? {};
  return { ...again, filter, masking, ...(again.stream && { stream: { ...again.stream, record } }) };
}
