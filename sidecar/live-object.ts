// The object that a write is about, as it stands: read by the sidecar itself, before what was hidden of it can be put back.

import { readJsonBytes } from '../masking/json.ts';
import { type Version, versionOf } from '../masking/sentinel.ts';
import { isObject } from '../masking/shape.ts';
import type { ApiRequest } from '../policy/api-request.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { OwnAnswer, OwnGet } from './own-call.ts';
import { upstreamBusy } from './unreadable.ts';

/** What is kept of it while the call goes on: parsed, it may take many times its bytes. */
export interface LiveBytes {
  readonly bytes: Uint8Array;
  readonly version: Version;
}

export interface LiveObject extends LiveBytes {
  readonly kind: 'live';
  readonly object: unknown;
}

/** There is none of that name. */
export interface Absent {
  readonly kind: 'absent';
}

/**
 * Reads the object of a request that names one. Refusals: LiveForbidden where RBAC lacks get; LiveUnreadable; UpstreamBusy,
 * Busy and CredentialUnreadable as of any call.
 */
export async function readLive(get: OwnGet, request: ApiRequest): Promise<LiveObject | Absent | Refusal> {
  const answer = await get(pathOf(request));
  if (answer.kind !== 'ok')
    return answer.kind === 'status' ? byStatus(answer, request) : failed(answer, request);
  const { bytes } = answer;
  const read = readJsonBytes(bytes);
  if (read.kind === 'unreadable') return refuse('LiveUnreadable', { request, why: `it ${read.why}` });
  const version = isObject(read.value) ? versionOf(read.value.metadata) : undefined;
  return version === undefined
    ? refuse('LiveUnreadable', { request, why: 'it came without uid or resourceVersion' })
    : { kind: 'live', bytes, version, object: read.value };
}

/** Of the object itself: no parameter of the write belongs to the read. */
export const pathOf = ({ target }: ApiRequest): string => target.split('?', 1)[0] ?? target;

function byStatus(
  { status, retryAfter }: Extract<OwnAnswer, { kind: 'status' }>,
  request: ApiRequest,
): Absent | Refusal {
  if (status === 404) return { kind: 'absent' };
  if (status === 403) return refuse('LiveForbidden', { request });
  if (status === 429) return upstreamBusy(request, retryAfter);
  return refuse('LiveUnreadable', { request, why: `the API server answered ${status}` });
}

function failed(answer: Exclude<OwnAnswer, { kind: 'ok' | 'status' }>, request: ApiRequest): Refusal {
  if (answer.kind === 'noRoom') return refuse('Busy', { request });
  if (answer.kind === 'noCredential') return refuse('CredentialUnreadable', { request });
  return refuse('LiveUnreadable', { request, why: answer.why });
}
