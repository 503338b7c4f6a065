// Whole requests from a seed: the same number gives the same request again, however many are asked for.
import fc from 'fast-check';
import { methods, targets } from './targets.ts';
import { type Pair, TRICKS, type Trick } from './tricks/trick.ts';

export type Protocol = 'h1' | 'h2';

/** As it is sent, byte for byte; Latin-1. Placeholders stand where the run's tokens and the case's Audit-ID go. */
export interface RawRequest {
  readonly protocol: Protocol;
  readonly method: string;
  readonly target: string;
  /** Over HTTP/1. */
  readonly version: string;
  /** Over HTTP/2 with the pseudo-headers. */
  readonly headers: readonly Pair[];
  readonly body: string;
  /** Framed by a trick: its connection is used for nothing else. */
  readonly alone: boolean;
  readonly trick: string;
}

/** Requests are made a batch at a time, each batch from a seed of its own. */
export const BATCH = 1000;
/** What a request without a trick is called. */
export const PLAIN = 'none';

const HAS_BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const AUDIT_ID: Pair = ['Audit-ID', '{id}'];
const AUTHORIZATION: readonly Pair[] = [['Authorization', 'Bearer {token}']];

/** A request for that target with that trick, or with none; `protocol` is one that the trick knows. */
export function requestOf(protocol: Protocol, method: string, target: string, trick?: Trick): RawRequest {
  const name = trick?.name ?? PLAIN;
  return protocol === 'h1' ? overHttp1(method, target, name, trick) : overHttp2(method, target, name, trick);
}

function overHttp1(method: string, target: string, name: string, trick: Trick | undefined): RawRequest {
  const ours: readonly Pair[] = HAS_BODY.has(method) ? [['Content-Length', '0']] : [];
  const { headers, body } = trick?.framed ?? { headers: ours, body: '' };
  const { host = [['Host', 'kubernetes']], authorization = AUTHORIZATION, more = [] } = trick ?? {};
  return {
    ...{ protocol: 'h1', method, target, version: trick?.version ?? 'HTTP/1.1', body, trick: name },
    headers: [...host, AUDIT_ID, ...authorization, ...more, ...headers],
    alone: trick?.framed !== undefined || trick?.alone === true,
  };
}

function overHttp2(method: string, target: string, name: string, trick: Trick | undefined): RawRequest {
  const { host = [[':authority', 'kubernetes']], authorization = AUTHORIZATION } = trick ?? {};
  const { protocols = [], pseudo = [], more = [] } = trick ?? {};
  const ordinary: readonly Pair[] = [[':method', method], [':scheme', 'https'], [':path', target], ...host];
  const lower = ([field, value]: Pair): Pair => [field.toLowerCase(), value];
  return {
    ...{ protocol: 'h2', method, target, version: 'HTTP/2', body: '', alone: false, trick: name },
    headers: [
      ...ordinary.filter(([field]) => field !== trick?.without),
      ...pseudo,
      ...[AUDIT_ID, ...authorization].map(lower),
      ...(protocols.includes('h1') ? more.map(lower) : more),
    ],
  };
}

const over = (protocol: Protocol) => {
  const known = TRICKS.filter(({ protocols }) => protocols.includes(protocol));
  const trick = fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom(...known) },
  );
  return fc
    .tuple(methods, targets, trick)
    .map(([method, target, one]) => requestOf(protocol, method, target, one));
};
const requests = fc.oneof({ weight: 3, arbitrary: over('h1') }, { weight: 2, arbitrary: over('h2') });

/** The batch of that number, counted from 0: BATCH requests. */
export function batchOf(seed: number, number: number): RawRequest[] {
  return fc.sample(requests, { numRuns: BATCH, seed: Math.imul(seed, 0x9e3779b1) ^ number });
}

/** With what its placeholders stand for. */
export function filled(raw: RawRequest, values: Readonly<Record<string, string>>): RawRequest {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return { ...raw, headers: raw.headers.map(([name, value]) => [name, fill(value)]) };
}
