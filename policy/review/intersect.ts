// What the policy allows of one candidate AND the API server lists. Each entry of the listing was permitted by decide, so that
// it never says too much; what holds for some objects and not for all is kept apart, for a list has no place for it.
import type { NonResourceRequest } from '../api-request.ts';
import { decide } from '../decide.ts';
import type { Entitlements } from '../entitlements.ts';
import { isClusterScoped } from '../namespaced.ts';
import { ruleKey } from '../rule.ts';
import type { Candidate } from './candidates.ts';
import { decideAsked } from './decide-asked.ts';
import type { Listing } from './listing.ts';
import { type Attributes, callOf } from './question.ts';
import { allowedNames, has, type RulesStatus, sharedPath } from './server-rules.ts';

export interface Intersection {
  readonly entitlements: Entitlements;
  readonly nowMs: number;
  readonly server: Pick<RulesStatus, 'resourceRules' | 'nonResourceRules'>;
  readonly listing: Listing;
  /** `get of pods`, `list of widgets (cluster-scoped)`: some objects of them and not all. */
  readonly exceptions: Set<string>;
  /** Counts one more right that is looked at; false: there is no room for it. */
  readonly room: () => boolean;
}

/** Of these verbs a right without a name is one over every object, the agent's own pod too. */
const OF_ONE_OBJECT = new Set(['get', 'update', 'patch', 'delete']);
/** A name that no rule has: no Kubernetes name has a space. */
const ANY_OTHER = ' ';

/** Where the server names objects, these are all that can be allowed, each judged by its name. */
export function addResource(at: Intersection, candidate: Candidate & { kind: 'resource' }): void {
  const names = allowedNames(at.server.resourceRules, candidate);
  if (names === 'every' || (candidate.name !== undefined && names.has(candidate.name))) {
    addOne(at, candidate);
  } else if (candidate.name === undefined) {
    for (const name of names) if (at.room()) addOne(at, { ...candidate, name });
  }
}

export function addPaths(at: Intersection, { verb, path }: Candidate & { kind: 'path' }): void {
  for (const rule of at.server.nonResourceRules.filter(({ verbs }) => has(verbs, verb)))
    for (const url of rule.nonResourceURLs) {
      const shared = sharedPath(path, url);
      if (shared !== undefined && at.room() && permitsPath(at, verb, shared))
        at.listing.addPath(verb, shared);
    }
}

function addOne(at: Intersection, asked: Attributes): void {
  // By the word of a rule alone: in this namespace nobody here can promise it.
  const isElsewhere = asked.namespace === undefined && !isClusterScoped(asked.apiGroup, asked.resource);
  const isWhole = permits(at, asked) && (asked.name !== undefined || permitsOwnPod(at, asked));
  if (isWhole && !isElsewhere) at.listing.addResource(asked);
  else if (isWhole || (asked.name === undefined && permits(at, { ...asked, name: ANY_OTHER })))
    at.exceptions.add(`${asked.verb} of ${ruleKey(callOf(asked))}${isElsewhere ? ' (cluster-scoped)' : ''}`);
}

function permitsOwnPod(at: Intersection, asked: Attributes): boolean {
  const { ground } = at.entitlements;
  const isAmong = asked.apiGroup === '' && asked.resource === 'pods' && asked.namespace === ground.namespace;
  return !isAmong || !OF_ONE_OBJECT.has(asked.verb) || permits(at, { ...asked, name: ground.pod });
}

const permits = ({ entitlements, nowMs }: Intersection, asked: Attributes): boolean =>
  decideAsked(callOf(asked), entitlements, nowMs).kind === 'permit';

/** Of a path that ends in a star, which discovery alone has, nothing below may be forbidden. */
function permitsPath({ entitlements, nowMs }: Intersection, verb: string, path: string): boolean {
  const { held } = entitlements;
  if (path.endsWith('*')) {
    const bans = held.kind === 'policy' ? held.bans.entries : [];
    const below = (each: string) => sharedPath(each, path) === each;
    return !bans.some(({ rule }) => has(rule.verbs, verb) && rule.nonResourceURLs?.some(below));
  }
  const call: NonResourceRequest = { kind: 'nonResource', verb, path, method: 'GET', target: '', query: [] };
  return decide(call, entitlements, nowMs).kind === 'permit';
}
