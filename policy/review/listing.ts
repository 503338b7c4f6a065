// A list of rights as a person reads it: what was allowed one by one, put together again by group and resource, its verbs side
// by side and the names that share them too.
import type { Attributes } from './question.ts';
import type { NonResourceRule, ResourceRule } from './server-rules.ts';

export interface Listing {
  /** `name` undefined: for every object. */
  addResource(allowed: Omit<Attributes, 'namespace'>): void;
  addPath(verb: string, path: string): void;
  rules(): { readonly resourceRules: ResourceRule[]; readonly nonResourceRules: NonResourceRule[] };
}

interface OfResource {
  readonly apiGroup: string;
  readonly resource: string;
  readonly every: Set<string>;
  readonly byName: Map<string, Set<string>>;
}

export function createListing(): Listing {
  const resources = new Map<string, OfResource>();
  const paths = new Map<string, Set<string>>();
  return {
    addResource({ verb, apiGroup, resource, subresource, name }) {
      const full = subresource === undefined ? resource : `${resource}/${subresource}`;
      const at = entryOf(resources, `${apiGroup} ${full}`, () => ({
        apiGroup,
        resource: full,
        every: new Set<string>(),
        byName: new Map<string, Set<string>>(),
      }));
      if (name === undefined) at.every.add(verb);
      else entryOf(at.byName, name, () => new Set<string>()).add(verb);
    },
    addPath(verb, path) {
      entryOf(paths, path, () => new Set<string>()).add(verb);
    },
    rules: () => ({
      resourceRules: [...resources.values()].flatMap(rulesOf),
      nonResourceRules: together(paths).map(({ verbs, members }) => ({ verbs, nonResourceURLs: members })),
    }),
  };
}

function rulesOf({ apiGroup, resource, every, byName }: OfResource): ResourceRule[] {
  const common = { apiGroups: [apiGroup], resources: [resource] };
  const further = new Map(
    [...byName].map(([name, verbs]) => [name, new Set([...verbs].filter((verb) => !every.has(verb)))]),
  );
  const named = together(further).map(({ verbs, members }) => ({ verbs, ...common, resourceNames: members }));
  return every.size === 0 ? named : [{ verbs: [...every], ...common, resourceNames: [] }, ...named];
}

/** Those that have the same verbs, together; those that have none are left out. */
function together(
  verbsOf: ReadonlyMap<string, ReadonlySet<string>>,
): { verbs: string[]; members: string[] }[] {
  const groups = new Map<string, { verbs: string[]; members: string[] }>();
  for (const [member, set] of verbsOf) {
    const verbs = [...set].sort();
    if (verbs.length === 0) continue;
    entryOf(groups, verbs.join(), () => ({ verbs, members: [] as string[] })).members.push(member);
  }
  return [...groups.values()];
}

function entryOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
