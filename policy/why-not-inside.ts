// Why a stream is not let through into a pod that live rules do name: the container, the command or the port that they do not.
// Told with what they give there.
import type { ApiRequest } from './api-request.ts';
import type { Policy } from './entitlements.ts';
import type { Rule } from './kinds/rule.ts';
import { type Objection, objection } from './objection.ts';
import { clip, listed, listedCommands } from './quoting.ts';
import { coversPod } from './rule.ts';
import { named } from './rule-index.ts';
import { isStream } from './stream-rule.ts';

const MAX_NEAR = 700;

/** Undefined: it is no stream, or no live rule gives one into this pod. */
export function whyNotInside(request: ApiRequest, held: Policy, nowMs: number): Objection | undefined {
  if (!isStream(request)) return undefined;
  const rules = named(held.holdings, request)
    .filter(({ rule, until }) => nowMs < until && coversPod(rule, request))
    .map(({ rule }) => rule);
  if (rules.length === 0) return undefined;
  const { stream } = request;
  const { policy } = held;
  if (stream.kind === 'portforward') {
    const [port = 0] = stream.ports;
    return objection('PortNotAllowed', () => ({ request, policy, port, near: portsOf(rules) }));
  }
  const { container, command } = stream;
  if (container === undefined)
    return objection('ContainerNotNamed', () => ({ request, policy, near: containersOf(rules) }));
  const there = rules.filter(({ containers }) => containers?.includes(container));
  return there.length === 0
    ? objection('ContainerNotAllowed', () => ({ request, policy, container, near: containersOf(rules) }))
    : objection('CommandNotAllowed', () => ({
        request,
        policy,
        container,
        command,
        near: commandsOf(there),
      }));
}

const containersOf = (rules: readonly Rule[]): string =>
  giving('container', distinct(rules.flatMap(({ containers = [] }) => containers)));

const portsOf = (rules: readonly Rule[]): string =>
  giving('port', distinct(rules.flatMap(({ ports = [] }) => ports.map(String))));

const commandsOf = (rules: readonly Rule[]): string => {
  const commands = rules.flatMap(({ commands: all = [] }) => all);
  return clip(`; the rules for this container give what begins with: ${listedCommands(commands)}`, MAX_NEAR);
};

const giving = (what: string, names: readonly string[]): string =>
  clip(`; the rules for this pod give ${what} ${listed(names)}`, MAX_NEAR);

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
