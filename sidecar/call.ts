// One call: what is known about it so far. Filled in on its way, read by the record and the span.
import { randomUUID } from 'node:crypto';
import type { ApiRequest } from '../policy/api-request.ts';
import type { Permit } from '../policy/decide.ts';
import type { Asked } from '../policy/describe.ts';
import type { Refusal } from '../policy/refusal.ts';
import type { Caller } from './callers.ts';
import type { Head } from './head.ts';
import type { AgentRequest } from './listener.ts';

/** What has been said on a stream. */
export interface StreamSaid {
  readonly fromAgent: number;
  readonly fromServer: number;
  /** Of a command: its exit code, or why there is none. */
  readonly exit?: string | undefined;
  /** Of a port-forward: those that were opened, and those that no rule lets open. */
  readonly ports?: readonly number[];
  readonly portsRefused?: readonly number[];
}

/** What is known of a stream beside its call. */
export interface CallStream {
  /** Its recording is kept, under the call's id. */
  recorded: boolean;
  /** What was switched to: `websocket v5.channel.k8s.io`. From then on there is no response any more. */
  switchedTo?: string;
  said?: () => StreamSaid;
  /** Why nothing more was said: a clause. */
  ended?: string;
}

export interface Call {
  /** The Audit-ID: joins our record with the API server's audit log. */
  readonly id: string;
  readonly receivedMs: number;
  readonly method: string;
  /** As it came. */
  readonly target: string;
  /** What a refusal names: the request, or what came where it could not be read. */
  asked: Asked;
  /** Names the connection: the command of a client that sends no Kubectl-Session. */
  readonly connection: string;
  head?: Head;
  caller?: Caller;
  request?: ApiRequest;
  permit?: Permit;
  /** What Enforce would have answered or cut it with, where that takes no effect. */
  instead?: Refusal | undefined;
  /** Hidden values put back into its body; undefined where none could be. */
  putBack?: number | undefined;
  /** Of its command, as accounts have them; undefined: they say none (command-words.ts). */
  words?: readonly string[];
  /** Of exec, attach and port-forward, once they are let through. */
  stream?: CallStream;
  /** Values hidden in the answer so far. */
  masked: number;
  /** Set when the call was ended under way: by expiry, revocation or the sidecar's end. */
  cutBy?: Refusal;
}

export function beginCall(req: AgentRequest, receivedMs: number): Call {
  const { method = '', url: target = '' } = req;
  return {
    id: randomUUID(),
    receivedMs,
    method,
    target,
    asked: { kind: 'unread', method, target },
    connection: connectionOf(req),
    masked: 0,
  };
}

const connections = new WeakMap<object, string>();
let connectionCount = 0;

function connectionOf(req: AgentRequest): string {
  const carrier = 'stream' in req ? (req.stream.session ?? req.stream) : req.socket;
  const known = connections.get(carrier);
  if (known !== undefined) return known;
  connectionCount += 1;
  const name = `connection-${connectionCount}`;
  connections.set(carrier, name);
  return name;
}
