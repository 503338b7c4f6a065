// What Enforce would have denied in a run that observes, put together as rules are: a line for a resource in a place, with
// all verbs that were asked for, ordered so that what one rule would cover stands together.
import { word } from '../../policy/quoting.ts';
import type { CallFacts } from '../../telemetry/attributes.ts';

export interface WouldBeDenied {
  count(facts: CallFacts): void;
  readonly times: number;
  /** Each with its number in front: `[3, 'NoRule  list,watch services -n shop']`. */
  lines(): (readonly [number, string])[];
}

/** More than a policy for one tool has rules; calls of more kinds than this are told as one number. */
const MAX_LINES = 40;

interface Kind {
  readonly code: string;
  readonly verbs: Set<string>;
  readonly what: string;
  times: number;
}

export function createWouldBeDenied(): WouldBeDenied {
  const kinds = new Map<string, Kind>();
  let others = 0;
  let all = 0;
  return {
    count(facts) {
      const { insteadRefusal: code, insteadRule: rule, verb = '' } = facts;
      if (code === undefined) return;
      all += 1;
      const key = [facts.namespace, resourceOf(facts), code, rule].join(' ');
      let kind = kinds.get(key);
      if (kind === undefined && kinds.size >= MAX_LINES) {
        others += 1;
        return;
      }
      const what = `${resourceOf(facts)}${place(facts)}${rule === undefined ? '' : `  (${rule})`}`;
      kind ??= { code, verbs: new Set(), what, times: 0 };
      kinds.set(key, kind);
      kind.verbs.add(verb);
      kind.times += 1;
    },
    get times() {
      return all;
    },
    lines() {
      const ordered = [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1));
      const told = ordered.map(
        ([, { times, code, verbs, what }]) =>
          [times, `${code}  ${[...verbs].toSorted().join(',')} ${what}`] as const,
      );
      return others === 0 ? told : [...told, [others, 'others']];
    },
  };
}

/** As `kubectl api-resources` has it, with the subresource: `deployments.apps/scale`. */
function resourceOf({ resource, apiGroup, subresource, path }: CallFacts): string {
  if (resource === undefined) return word(path ?? '');
  return word(
    `${resource}${apiGroup ? `.${apiGroup}` : ''}${subresource === undefined ? '' : `/${subresource}`}`,
  );
}

const place = ({ namespace }: CallFacts): string => (namespace === undefined ? '' : ` -n ${word(namespace)}`);
