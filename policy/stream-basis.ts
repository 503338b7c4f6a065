// What a stream rests on. An exec or attach: the strongest live rule that gives it. A port-forward: all that give one of its
// ports, for each is a way of its own into the pod; over SPDY they are named one by one, once it is there, and until then it
// rests on every rule that gives a port of the pod. Whichever it is: where one of those rules wants a recording, there is one.
import type { ApiRequest } from './api-request.ts';
import type { Basis } from './basis.ts';
import type { Holding } from './entitlements.ts';
import type { Rule } from './kinds/rule.ts';
import { coversPod } from './rule.ts';
import { named, type RuleIndex } from './rule-index.ts';
import type { StreamKind } from './stream-options.ts';
import {
  asCreate,
  givesStream,
  isStream,
  type PermittedStream,
  type StreamRequest,
  wantsRecording,
} from './stream-rule.ts';

/** Which rules may speak here at all. */
type Counts = (holding: Holding) => boolean;

/** Undefined: it is no stream, or no rule gives it, or not all of its ports. */
export function streamBasis(
  request: ApiRequest,
  holdings: RuleIndex<Holding>,
  counts: Counts,
  nowMs: number,
): Basis | undefined {
  if (!isStream(request)) return undefined;
  const { stream } = request;
  const live = liveInPod(request, holdings, nowMs).filter(counts);
  const whole = live.filter(({ rule }) => givesStream(rule, stream));
  const giving = stream.kind === 'portforward' ? live.filter(givesPartOf(stream.ports)) : whole;
  const strongest = whole[0] ?? giving[0];
  if (strongest === undefined) return undefined;
  const record = recordUnder(stream.kind, giving);
  if (stream.kind !== 'portforward') return { ...strongest, stream: { ports: [], record } };
  const ports = portsOf(giving);
  if (!stream.ports.every((port) => ports.has(port))) return undefined;
  // The first that ends is the end of all, and then it is asked again.
  const until = Math.min(...giving.map((each) => each.until));
  return { ...strongest, until, stream: { ports: [...ports], record } };
}

/**
 * What goes of a stream that a mode lets through against the policy's word. That lifts denials, and no recording that a live
 * rule for the pod wants, whatever this gives there; the kind's own default stands beside them. Undefined: it is no stream.
 */
export function liftedStream(
  asked: ApiRequest,
  holdings: RuleIndex<Holding>,
  nowMs: number,
): PermittedStream | undefined {
  const request = asCreate(asked);
  if (!isStream(request)) return undefined;
  const { stream } = request;
  const ports = stream.kind === 'portforward' ? stream.ports : [];
  const unspoken = { rule: {} };
  return { ports, record: recordUnder(stream.kind, [unspoken, ...liveInPod(request, holdings, nowMs)]) };
}

/** Of a port-forward with those of its ports alone that no rule gives; any other request as it is. */
export function ungiven(
  request: ApiRequest,
  holdings: RuleIndex<Holding>,
  counts: Counts,
  nowMs: number,
): ApiRequest {
  if (!isStream(request) || request.stream.kind !== 'portforward') return request;
  const given = portsOf(liveInPod(request, holdings, nowMs).filter(counts));
  const ports = request.stream.ports.filter((port) => !given.has(port));
  return { ...request, stream: { ...request.stream, ports } };
}

/** All live rules for this kind of stream that name its pod, the strongest first. */
const liveInPod = (request: StreamRequest, holdings: RuleIndex<Holding>, nowMs: number): Holding[] =>
  named(holdings, request).filter(({ rule, until }) => nowMs < until && coversPod(rule, request));

/** No ports: any. */
const givesPartOf =
  (asked: readonly number[]): Counts =>
  ({ rule }) =>
    asked.length === 0 || asked.some((port) => rule.ports?.includes(port));

const portsOf = (holdings: readonly Holding[]): ReadonlySet<number> =>
  new Set(holdings.flatMap(({ rule }) => rule.ports ?? []));

const recordUnder = (
  kind: StreamKind,
  speaking: readonly { readonly rule: Pick<Rule, 'record'> }[],
): PermittedStream['record'] =>
  speaking.some(({ rule }) => wantsRecording(kind, rule)) ? 'required' : 'optional';
