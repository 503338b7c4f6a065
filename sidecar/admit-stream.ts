// From a permitted call to all that its stream needs: what it offers to speak, the budget, what is hidden of it, the credential and
// its recording. The first that fails decides, and nothing has gone to the API server by then.
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { StreamOptions } from '../policy/stream-options.ts';
import { isStream, type StreamRequest } from '../policy/stream-rule.ts';
import type { RecordedStream } from '../streams/recording/recorded.ts';
import type { AdmitParts, AtHead } from './admit.ts';
import type { Call, CallStream } from './call.ts';
import type { Hiding } from './command-tap.ts';
import type { Presented } from './credential.ts';
import { type Offer, readOffer } from './offer.ts';
import type { Recording, Recordings } from './recording.ts';
import type { Spending } from './spending.ts';
import { wallFor } from './wall.ts';

export interface AdmitStreamParts extends AdmitParts {
  readonly spending: Spending;
  readonly recordings: Recordings;
  /** Milliseconds since the epoch. */
  readonly wallMs: () => number;
}

export interface AdmittedStream {
  readonly kind: 'admitted';
  readonly permit: Permit;
  readonly request: StreamRequest;
  readonly stream: CallStream;
  readonly offer: Offer;
  readonly presented: Presented;
  /** What the policy hides of what it says. */
  readonly hiding: Hiding | undefined;
  /** Undefined: it is not kept, and need not be. */
  readonly recording: Recording | undefined;
}

/** Admits a call that asks for a stream. */
export async function admitStream(
  parts: AdmitStreamParts,
  { permit, head }: AtHead,
  call: Call,
): Promise<AdmittedStream | Refusal> {
  const { request } = permit;
  if (!isStream(request)) throw new Error('it asks for no stream');
  const options = request.stream;
  const offer = readOffer(head, request);
  if (offer.kind === 'refusal') return parts.spending.count(offer, request, call.id);
  const counted = await parts.spending.limit(permit, call.id);
  if (counted.kind === 'refusal') {
    delete call.permit;
    return counted;
  }
  call.permit = counted;
  call.instead = counted.instead;
  await parts.patterns.ready(counted);
  const patterns = parts.patterns.of(counted);
  const walled = wallFor(counted, parts);
  if (walled.kind === 'refusal') return walled;
  const hiding = patterns && walled.wall && { patterns, wall: walled.wall };
  const presented = await parts.credential.present();
  if (presented === undefined) return refuse('CredentialUnreadable', { request });
  const recording = await parts.recordings.open({
    id: call.id,
    startedAtMs: parts.wallMs(),
    namespace: request.namespace ?? '',
    pod: request.name ?? '',
    stream: recordedStream(options),
  });
  if (recording === undefined && counted.stream?.record !== 'optional')
    return refuse('RecordingFailed', { request, why: 'its recording could not be opened' });
  const stream: CallStream = { recorded: recording !== undefined };
  call.stream = stream;
  return { kind: 'admitted', permit: counted, request, stream, offer, presented, hiding, recording };
}

/** Its command as it is: hidden there, what it looks like would take what the agent did out of its recording. */
function recordedStream(options: StreamOptions): RecordedStream {
  if (options.kind === 'portforward') return options;
  // Where a mode lets through what names no container, none is known.
  return { ...options, container: options.container ?? '' };
}
