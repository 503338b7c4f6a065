// What a port-forward rests on: its ports are as many ways into the pod, and each may be given by another rule. Over SPDY they
// are named one by one, once it is there: until then it rests on every rule that gives a port of the pod.
import type { ApiRequest } from './api-request.ts';
import type { Basis } from './basis.ts';
import type { Holding } from './entitlements.ts';
import { coversPod } from './rule.ts';
import { named, type RuleIndex } from './rule-index.ts';
import { givesStream, permittedStream } from './stream-rule.ts';

/** Which rules may speak here at all. */
type Counts = (holding: Holding) => boolean;

/**
 * The strongest rule is named; the first that ends is the end of all, and then it is asked again; where one wants a recording,
 * there is one. Undefined: it is no port-forward, or no rule gives one of its ports.
 */
export function portsBasis(
  request: ApiRequest,
  holdings: RuleIndex<Holding>,
  counts: Counts,
  nowMs: number,
): Basis | undefined {
  if (request.kind === 'nonResource' || request.stream?.kind !== 'portforward') return undefined;
  const { stream } = request;
  const asked = new Set(stream.ports);
  const giving = givers(request, holdings, counts, nowMs).filter(
    ({ rule }) => asked.size === 0 || rule.ports?.some((port) => asked.has(port)),
  );
  const ports = new Set(giving.flatMap(({ rule }) => rule.ports ?? []));
  const strongest = giving.find(({ rule }) => givesStream(rule, stream)) ?? giving[0];
  if (strongest === undefined || ![...asked].every((port) => ports.has(port))) return undefined;
  const isRequired = giving.some(({ rule }) => permittedStream(stream, rule).record === 'required');
  return {
    ...strongest,
    until: Math.min(...giving.map(({ until }) => until)),
    stream: { ports: [...ports], record: isRequired ? 'required' : 'optional' },
  };
}

/** Of a port-forward with those of its ports alone that no rule gives; any other request as it is. */
export function ungiven(
  request: ApiRequest,
  holdings: RuleIndex<Holding>,
  counts: Counts,
  nowMs: number,
): ApiRequest {
  if (request.kind === 'nonResource' || request.stream?.kind !== 'portforward') return request;
  const given = new Set(givers(request, holdings, counts, nowMs).flatMap(({ rule }) => rule.ports ?? []));
  const ports = request.stream.ports.filter((port) => !given.has(port));
  return { ...request, stream: { ...request.stream, ports } };
}

const givers = (request: ApiRequest, holdings: RuleIndex<Holding>, counts: Counts, nowMs: number) =>
  named(holdings, request).filter(
    (each) =>
      request.kind === 'resource' && nowMs < each.until && counts(each) && coversPod(each.rule, request),
  );
