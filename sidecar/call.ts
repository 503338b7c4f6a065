// One call: what is known about it so far. Filled in on its way, read by the record and the span.
import { randomUUID } from 'node:crypto';
import type { ApiRequest } from '../policy/api-request.ts';
import type { Permit } from '../policy/decide.ts';
import type { Refusal } from '../policy/refusal.ts';
import type { Caller } from './callers.ts';
import type { Head } from './head.ts';

export interface Call {
  /** The Audit-ID: joins our record with the API server's audit log. */
  readonly id: string;
  readonly receivedMs: number;
  readonly method: string;
  /** Names the connection: the command of a client that sends no Kubectl-Session. */
  readonly connection: string;
  head?: Head;
  caller?: Caller;
  request?: ApiRequest;
  permit?: Permit;
  /** Set when the call was ended under way: by expiry, revocation or the sidecar's end. */
  cutBy?: Refusal;
}

export function beginCall(method: string, connection: string, receivedMs: number): Call {
  return { id: randomUUID(), receivedMs, method, connection };
}
