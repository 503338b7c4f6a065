// From a request's head to the permission to forward it, one check after the other. The first that fails decides.

import { negotiateJson } from '../masking/accept.ts';
import { isProtected } from '../masking/protected.ts';
import { readApiRequest } from '../policy/api-request.ts';
import { decide, type Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { ruleKey } from '../policy/rule.ts';
import type { Body, BodyReader } from './body.ts';
import type { Call } from './call.ts';
import type { Callers } from './callers.ts';
import type { Credential, Presented } from './credential.ts';
import { type Head, readHead } from './head.ts';
import type { HeldEntitlements } from './held-entitlements.ts';
import type { AgentRequest, AgentResponse } from './listener.ts';
import { checkWriteBody } from './write-body.ts';

export interface AdmitParts {
  readonly callers: Callers;
  readonly held: HeldEntitlements;
  readonly credential: Credential;
  readonly bodies: BodyReader;
  readonly now: () => number;
}

/** A call whose head lets it through. */
export interface AtHead {
  readonly kind: 'atHead';
  readonly head: Head;
  readonly permit: Permit;
}

/** What else forwarding needs. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly presented: Presented;
  /** The Accept to send on; undefined where the agent sent none. */
  readonly accept: string | undefined;
  /** How the answer is masked on its way back; undefined where it passes as it is. */
  readonly masking: { readonly reveal: boolean } | undefined;
  /** The body to send on, printed from what was read; undefined where the method has none. */
  readonly body: Buffer | undefined;
}

/** Where the API server streams by design; it would also serve a watch or a log over WebSocket, which crosses unmasked. */
const STREAMED = new Set(['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy']);

/** Decides on the head alone, before a byte of the body is read. */
export function admitHead(parts: AdmitParts, call: Call, req: AgentRequest): AtHead | Refusal {
  const request = readApiRequest(call.method, call.target);
  if (request.kind !== 'refusal') call.asked = request;
  const head = readHead(req, call.asked);
  if (head.kind === 'refusal') return head;
  call.head = head;
  const caller = parts.callers.find(head.token);
  if (caller === undefined) return refuse('UnknownCaller', { request: call.asked });
  call.caller = caller;
  if (request.kind === 'refusal') return request;
  call.request = request;
  if (head.upgrade !== undefined && !STREAMED.has(ruleKey(request)))
    return refuse('UpgradeRefused', { request });
  const entitlements = parts.held.current();
  if (entitlements === undefined) return refuse('StaleLease', { request });
  const decision = decide(request, entitlements, parts.now(), head.headers.get('content-type'));
  if (decision.kind === 'refusal') return decision;
  if (head.upgrade !== undefined) return refuse('StreamNotYet', { request });
  call.permit = decision;
  call.instead = decision.instead;
  return { kind: 'atHead', head, permit: decision };
}

/**
 * Reads what else forwarding needs, for a call that is let through. `held` is given the body's bytes to release at the
 * call's end.
 */
export async function admitRest(
  parts: AdmitParts,
  { permit, head }: AtHead,
  req: AgentRequest,
  res: AgentResponse,
  held: (body: Body) => void,
): Promise<Admitted | Refusal> {
  const { request, reveal, unmasked } = permit;
  const masking = isProtected(request) && !unmasked ? { reveal } : undefined;
  let accept = head.headers.get('accept');
  if (masking !== undefined) {
    const negotiated = negotiateJson(accept);
    if (negotiated.kind === 'notAcceptable') return refuse('NotAcceptable', { request });
    accept = negotiated.accept;
  }
  let body: Buffer | undefined;
  if (hasBody(head.method)) {
    if (head.headers.get('expect')?.toLowerCase() === '100-continue') res.writeContinue();
    const read = await parts.bodies.read(req, request);
    if (read.kind === 'refusal') return read;
    held(read);
    const checked = checkWriteBody(read.bytes, head.headers.get('content-type'), request);
    if (checked.kind === 'refusal') return checked;
    body = checked.bytes;
  }
  const presented = await parts.credential.present();
  if (presented === undefined) return refuse('CredentialUnreadable', { request });
  return { kind: 'admitted', presented, accept, masking, body };
}

function hasBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}
