// What a rule gives of exec, attach and port-forward, beside the pod: a container, a command by its first words, ports. What
// is not named is not given.
import type { ApiRequest, ResourceRequest } from './api-request.ts';
import type { NeverRule, Rule } from './kinds/rule.ts';
import { type StreamKind, type StreamOptions, streamKindOf } from './stream-options.ts';

export interface PermittedStream {
  /** The ports that a port-forward may open, of all rules that give it some; of the others none. */
  readonly ports: readonly number[];
  /** Whether it goes on only while its recording is kept: one rule that wants it so is enough. */
  readonly record: 'required' | 'optional';
}

export type StreamRequest = ResourceRequest & { readonly stream: StreamOptions };

const RECORD = { exec: 'required', attach: 'required', portforward: 'optional' } as const;

/**
 * As it is judged: a client asks for a stream by GET or by POST, and RequestInfo calls that get or create. To a rule both are
 * create. (RBAC wants get for a GET, and since 1.35 create beside it.)
 */
export const asCreate = <R extends ApiRequest>(request: R): R =>
  isStream(request) ? { ...request, verb: 'create' } : request;

export const isStream = (request: ApiRequest): request is StreamRequest =>
  request.kind === 'resource' && request.stream !== undefined;

export const streamKindOfRule = ({ apiGroups = [], resources = [] }: NeverRule): StreamKind | undefined =>
  streamKindOf(apiGroups[0] ?? '*', resources[0] ?? '');

export function givesStream(rule: Rule, stream: StreamOptions): boolean {
  if (stream.kind === 'portforward')
    return rule.ports !== undefined && stream.ports.every((port) => rule.ports?.includes(port));
  const { kind, container, command } = stream;
  if (container === undefined || !rule.containers?.includes(container)) return false;
  return kind === 'attach' || (rule.commands?.some((prefix) => begins(command, prefix)) ?? false);
}

/** One of the streams that a rule gives, the first of all that it names. */
export function streamUnder(rule: Rule): StreamOptions | undefined {
  const kind = streamKindOfRule(rule);
  if (kind === undefined) return undefined;
  if (kind === 'portforward') return { kind, ports: rule.ports?.slice(0, 1) ?? [] };
  const [container] = rule.containers ?? [];
  const [command = []] = rule.commands ?? [];
  const flags = { stdin: false, stdout: true, stderr: true, tty: false };
  return { kind, ...(container !== undefined && { container }), command, ...flags };
}

/** `{}`: of what lets a stream through without a rule, the kind's default. */
export const wantsRecording = (kind: StreamKind, { record = RECORD[kind] }: Pick<Rule, 'record'>): boolean =>
  record === 'required';

/** Everything `inner` gives of a stream `outer` does too, and records it where `outer` does. Of rules for the same resource. */
export function streamWithin(inner: Rule, outer: Rule): boolean {
  const kind = streamKindOfRule(inner);
  if (kind === undefined) return true;
  return (
    isSubset(inner.containers ?? [], outer.containers ?? []) &&
    isSubset(inner.ports ?? [], outer.ports ?? []) &&
    (inner.commands ?? []).every((argv) => outer.commands?.some((prefix) => begins(argv, prefix))) &&
    (wantsRecording(kind, inner) || !wantsRecording(kind, outer))
  );
}

/** Word by word. */
const begins = (argv: readonly string[], prefix: readonly string[]): boolean =>
  prefix.length > 0 && prefix.every((word, at) => word === argv[at]);

const isSubset = <T>(inner: readonly T[], outer: readonly T[]) => inner.every((each) => outer.includes(each));
