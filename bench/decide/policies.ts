// Policies of so many rules, in the shapes that an index could fail at: rules that share nothing, and rules that share all but
// one thing. A tenth of the rules stands, a tenth is never, two fifths are offered by scopes and two fifths given by Grants.
import type { NeverRule, Rule } from '../../policy/kinds/rule.ts';
import { Snapshot } from '../../policy/snapshot.ts';

/** What the n-th rule of a shape names, and the object that a question about it is asked of. */
export interface Shape {
  readonly name: string;
  readonly place: (n: number) => Pick<Rule, 'namespaces' | 'resources' | 'resourceNames'>;
  /** A path under /api/v1. */
  readonly object: (n: number) => string;
}

const RESOURCES = ['configmaps', 'services', 'endpoints', 'events', 'limitranges', 'resourcequotas'];
const NAMES_A_RULE = 16;
const resource = (n: number): string => RESOURCES[n % RESOURCES.length] ?? '';

export const SHAPES: readonly Shape[] = [
  {
    name: 'spread',
    place: (n) => ({ namespaces: [`team-${n}`], resources: [resource(n)] }),
    object: (n) => `namespaces/team-${n}/${resource(n)}/web`,
  },
  {
    name: 'one resource, a namespace each',
    place: (n) => ({ namespaces: [`team-${n}`], resources: ['configmaps'] }),
    object: (n) => `namespaces/team-${n}/configmaps/web`,
  },
  {
    name: 'one namespace, 16 names each',
    place: (n) => ({
      namespaces: ['shop'],
      resources: ['configmaps'],
      resourceNames: Array.from({ length: NAMES_A_RULE }, (_, at) => `web-${n}-${at}`),
    }),
    object: (n) => `namespaces/shop/configmaps/web-${n}-${NAMES_A_RULE - 1}`,
  },
  {
    name: 'all alike',
    place: () => ({ namespaces: ['shop', 'front'], resources: RESOURCES }),
    object: () => 'namespaces/shop/configmaps/web',
  },
];

/** Monotonic ms, from the arrival: when the standing rules and the Grants of a snapshot end. */
export const END_MS = 10_000;
const LEASE_MS = 60_000;
const RULES_A_GRANT = 4;
const RULES_A_SCOPE = 32;

/** How many rules of each kind there are among so many; at least one. */
const share = (rules: number, of: number): number => Math.max(1, Math.floor(rules * of));
const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

/** Every kind of rule has a verb of its own, so that a question is settled by the kind that it is about. */
type Verbs = NeverRule['verbs'];
const STANDING: Verbs = ['get'];
const NEVER: Verbs = ['delete'];
const GRANTED: Verbs = ['watch'];
const OFFERED: Verbs = ['list', ...GRANTED];

/** The last rule of those that stand or are never, and of those that are offered and given. */
export const lastOf = (rules: number) => ({ few: share(rules, 0.1) - 1, many: share(rules, 0.4) - 1 });

/** A snapshot of a policy with so many rules, as it has passed its schema; a tenth as many Grants are live. */
export function snapshotOf(shape: Shape, rules: number): Snapshot {
  const rule = (verbs: Verbs) => (n: number) => ({ ...shape.place(n), apiGroups: [''], verbs });
  const offered = times(share(rules, 0.4), rule(OFFERED));
  const granted = times(share(rules, 0.4), rule(GRANTED));
  return Snapshot.parse({
    leaseMs: LEASE_MS,
    namespace: 'agents',
    pod: 'triage-5d9c',
    podUid: '0b9f',
    serviceAccount: 'triage-bot',
    systemNamespace: 'chaperone-system',
    guarded: true,
    held: {
      kind: 'policy',
      name: 'triage',
      standing: { remainingMs: END_MS, rules: times(share(rules, 0.1), rule(STANDING)) },
      never: times(share(rules, 0.1), rule(NEVER)),
      scopes: parts(offered, RULES_A_SCOPE).map((each, n) => ({
        name: `scope-${n}`,
        maxDuration: '1h',
        rules: each,
      })),
      grants: parts(granted, RULES_A_GRANT).map((each, n) => ({
        name: `grant-${n}`,
        task: 'INC-4711 find what makes the shop slow',
        scope: `scope-${Math.floor((n * RULES_A_GRANT) / RULES_A_SCOPE)}`,
        remainingMs: END_MS,
        rules: each,
      })),
    },
  });
}

const parts = <T>(list: readonly T[], size: number): T[][] =>
  times(Math.ceil(list.length / size), (n) => list.slice(n * size, (n + 1) * size));
