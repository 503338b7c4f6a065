// From a request's head to the permission to forward it, one check after the other. The first that fails decides.

import { negotiateJson } from '../masking/accept.ts';
import { behind, type Wall } from '../masking/wall.ts';
import { readApiRequest } from '../policy/api-request.ts';
import { decide, type Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { reviewKind } from '../policy/review/kind.ts';
import { ruleKey } from '../policy/rule.ts';
import type { Call } from './call.ts';
import type { Callers } from './callers.ts';
import { type Came, type Carried, type CarriedParts, type Carrying, readCarried } from './carried.ts';
import type { Credential, Presented } from './credential.ts';
import { type Head, readHead } from './head.ts';
import type { AgentRequest } from './listener.ts';
import type { PatternSource } from './patterns.ts';
import { type WallKeys, wallFor } from './wall.ts';

export interface AdmitParts extends WallKeys, CarriedParts {
  readonly callers: Callers;
  readonly credential: Credential;
  readonly patterns: PatternSource;
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
  /** What it is forwarded under. */
  readonly permit: Permit;
  /** The permit's target, as a wall wants it asked for. */
  readonly target: string;
  /** The Accept to send on; undefined where the agent sent none. */
  readonly accept: string | undefined;
  /** What the answer is read through on its way back; undefined where it passes as it is. */
  readonly wall: Wall | undefined;
  /** The body to send on, printed from what was read; undefined where the method has none. */
  readonly body: Buffer | undefined;
  /** Of a body that is printed in another form than it came; undefined: as the agent said. */
  readonly contentType: string | undefined;
  /** Where hidden values were put back into the body, or might have been. */
  readonly writeBack: Carried['writeBack'];
  /** For the agent, with its answer. */
  readonly warning: string | undefined;
}

/** Where the API server streams by design; it would also serve a watch or a log over WebSocket, which crosses unmasked. */
const STREAMED = new Set(['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy']);

/** Decides on the head alone, before a byte of the body is read. `upgrades`: it came with an upgrade that may be answered. */
export function admitHead(
  parts: Pick<AdmitParts, 'callers' | 'held' | 'now'>,
  call: Call,
  req: AgentRequest,
  upgrades: boolean,
): AtHead | Refusal {
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
  if (decision.stream !== undefined && !upgrades) return refuse('UpgradeRequired', { request });
  if (decision.stream === undefined && head.upgrade !== undefined)
    return refuse('UpgradeRefused', { request });
  call.permit = decision;
  call.instead = decision.instead;
  return { kind: 'atHead', head, permit: decision };
}

/** Reads what else forwarding needs, for a call that is let through. */
export async function admitRest(
  parts: AdmitParts,
  { permit, head }: AtHead,
  came: Came,
  carrying: Carrying,
): Promise<Admitted | Refusal> {
  const { request } = permit;
  await parts.patterns.ready(permit);
  const walled = wallFor(permit, parts);
  if (walled.kind === 'refusal') return walled;
  let accept = head.headers.get('accept');
  if (walled.wall !== undefined || reviewKind(request) !== undefined) {
    const negotiated = negotiateJson(accept, walled);
    if (negotiated.kind === 'notAcceptable') return refuse('NotAcceptable', { request });
    accept = negotiated.accept;
  }
  const carried = await readCarried(parts, { permit, head }, came, carrying);
  if (carried.kind === 'refusal') return carried;
  const presented = await parts.credential.present();
  if (presented === undefined) return refuse('CredentialUnreadable', { request });
  const { permit: asked, bytes: body, contentType, warning, writeBack } = carried;
  const { wall = observed(walled.wall, writeBack) } = carried;
  const target = asked === permit ? walled.target : asked.target;
  const admitted = { presented, permit: asked, target, accept, wall, body, contentType, warning, writeBack };
  return { kind: 'admitted', ...admitted };
}

/** Before anything of the answer is hidden. */
function observed(wall: Wall | undefined, writeBack: Carried['writeBack']): Wall | undefined {
  return wall === undefined || writeBack === undefined ? wall : behind(writeBack.observer, wall);
}
