// What is closed for where it lies: chaperone's own namespace, the agent's own pod, and what that pod may reach.
// An agent that could write its pod would have fresh lifetimes for the asking, or lose the records not yet sent.
import type { ResourceRequest } from './api-request.ts';
import { type Closure, READ_VERBS } from './closed.ts';

/** Where this agent and this chaperone are. */
export interface Ground {
  readonly namespace: string;
  readonly pod: string;
  readonly podUid: string;
  readonly systemNamespace: string;
}

const SYSTEM: Closure = { openness: 'never', why: "it lies in chaperone's own namespace" };
const OWN_POD: Closure = { openness: 'never', why: "it changes the agent's own pod" };
const OWN_REACH: Closure = { openness: 'never', why: "it decides what the agent's own pod may reach" };
const OWN_POD_READ: Closure = { openness: 'named', why: "it reads the agent's own pod" };

/** What closes a request for where it points; undefined: nothing does. */
export function groundClosure(request: ResourceRequest, ground: Ground): Closure | undefined {
  if (request.namespace === ground.systemNamespace) return SYSTEM;
  if (request.namespace !== ground.namespace) return undefined;
  const reads = READ_VERBS.has(request.verb);
  if (request.apiGroup === 'networking.k8s.io' && request.resource === 'networkpolicies')
    return reads ? undefined : OWN_REACH;
  if (request.apiGroup !== '' || request.resource !== 'pods') return undefined;
  if (request.name === ground.pod) return reads ? OWN_POD_READ : OWN_POD;
  return request.verb === 'deletecollection' ? OWN_POD : undefined;
}
