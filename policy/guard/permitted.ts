// What the pods that an agent writes may have beyond what all may: by the rules that are live now and cover the write, and
// by those that reveal a Secret there. Rules add up; what has ended adds nothing, and what is banned nobody gives.
import type { ResourceRequest } from '../api-request.ts';
import type { Entitlements, Holding, Policy } from '../entitlements.ts';
import type { PodSpecPermits } from '../kinds/pod-spec.ts';
import { covers, touches } from '../rule.ts';
import { find, named } from '../rule-index.ts';

/** A write of a workload, as admission or the sidecar sees it. */
export interface WorkloadWrite {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly namespace: string;
  /** Undefined: it has none yet. */
  readonly name: string | undefined;
}

/** Whose pods may run as it anyway. */
export interface OwnServiceAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

type Lists = Required<Omit<PodSpecPermits, 'privileged' | 'secrets'>>;

export interface Permitted extends Readonly<Record<keyof Lists, ReadonlySet<string>>> {
  readonly privileged: boolean;
  /** A Secret of the namespace that is written to. */
  readonly mayUse: (secret: string) => boolean;
  /** The agent's own, where its pods would lie in its own namespace. */
  readonly ownServiceAccount: string | undefined;
}

/** An update may have been asked for as either; admission does not tell them apart. */
const VERBS = { CREATE: ['create'], UPDATE: ['update', 'patch'] } as const;

/** Rules look at what is asked, never at how it was sent. */
const UNSENT = { kind: 'resource', method: 'POST', target: '', query: [], apiVersion: '' } as const;

/** `nowMs` is on the clock of the entitlements' arrival. `own`: undefined for what runs in no pod. */
export function permittedFor(
  write: WorkloadWrite,
  { held, leaseUntil }: Pick<Entitlements, 'held' | 'leaseUntil'>,
  own: OwnServiceAccount | undefined,
  nowMs: number,
): Permitted {
  const live = held.kind === 'policy' && nowMs < leaseUntil ? held : undefined;
  const specs = live === undefined ? [] : podSpecsOf(write, live, nowMs);
  const union = (list: keyof Lists | 'secrets') =>
    new Set(specs.flatMap((spec): string[] => spec[list] ?? []));
  const secrets = union('secrets');
  return {
    mayUse: (secret) =>
      live !== undefined &&
      !isBanned(secret, write, live) &&
      (secrets.has(secret) || isRevealed(secret, write, live, nowMs)),
    serviceAccountNames: union('serviceAccountNames'),
    hostPaths: union('hostPaths'),
    hostNamespaces: union('hostNamespaces'),
    privileged: specs.some(({ privileged }) => privileged === true),
    capabilities: union('capabilities'),
    tokenAudiences: union('tokenAudiences'),
    csiDrivers: union('csiDrivers'),
    ownServiceAccount: own?.namespace === write.namespace ? own.serviceAccount : undefined,
  };
}

function podSpecsOf({ operation, ...asked }: WorkloadWrite, held: Policy, nowMs: number): PodSpecPermits[] {
  return VERBS[operation].flatMap((verb) => {
    const request: ResourceRequest = { ...UNSENT, ...asked, verb };
    return named(held.holdings, request).flatMap(({ rule, until }) =>
      rule.podSpec !== undefined && nowMs < until && covers(rule, request) ? [rule.podSpec] : [],
    );
  });
}

const reading = (name: string, { namespace }: WorkloadWrite): ResourceRequest => ({
  ...UNSENT,
  verb: 'get',
  apiGroup: '',
  resource: 'secrets',
  subresource: undefined,
  namespace,
  name,
});

function isRevealed(secret: string, write: WorkloadWrite, held: Policy, nowMs: number): boolean {
  const get = reading(secret, write);
  const reveals = ({ rule, until }: Holding) => rule.reveal === true && nowMs < until && covers(rule, get);
  return find(held.holdings, get, reveals) !== undefined;
}

/** Who must never get a Secret does not read it in a container either. */
function isBanned(secret: string, write: WorkloadWrite, held: Policy): boolean {
  const get = reading(secret, write);
  return find(held.bans, get, ({ rule }) => touches(rule, get)) !== undefined;
}
