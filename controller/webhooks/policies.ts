// What may become of an AgentPolicy: understood whole, in a namespace whose pods get sidecars, and the only one for each of
// its ServiceAccounts. Read fresh from the API server; two that are created at the same moment both end up as Conflict.
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import { word } from '../../policy/quoting.ts';
import type { UserInfo } from '../identity/reviews.ts';
import { readPolicy } from '../read-kind.ts';
import { type Admission, type AdmissionRequest, ALLOWED, operationOf } from './admission.ts';
import { refuse } from './refusals.ts';

/** Of one namespace: each is read again whenever one of them is written, and held by every replica. */
export const MAX_POLICIES = 32;

export interface PolicyFacts {
  /** The username of the controller's own ServiceAccount. */
  readonly controller: string;
  /** Whether the pods of this namespace get sidecars. */
  isInjected(namespace: string): Promise<boolean>;
  /** The AgentPolicies of a namespace that pass the strict schema. */
  readPolicies(namespace: string): Promise<readonly AgentPolicy[]>;
}

export async function admitPolicy(request: AdmissionRequest, facts: PolicyFacts): Promise<Admission> {
  switch (operationOf(request)) {
    case 'CREATE agentpolicies':
    case 'UPDATE agentpolicies':
      return admitSpec(request, facts);
    case 'UPDATE agentpolicies/status':
      return admitStatus(request.userInfo, facts.controller);
    default:
      return refuse('UnknownOperation', operationOf(request));
  }
}

/** Statuses are the controller's, whoever may write them by RBAC. */
export function admitStatus({ username }: UserInfo, controller: string): Admission {
  return username === controller ? ALLOWED : refuse('StatusNotYours', word(username));
}

async function admitSpec(
  { object, namespace, operation }: AdmissionRequest,
  facts: PolicyFacts,
): Promise<Admission> {
  const parsed = readPolicy(object);
  if (parsed.kind === 'invalid') {
    // One that is going must be able to lose its finalizers; it holds nothing any more.
    return isEnding(object) ? ALLOWED : refuse('InvalidObject', `${parsed.field}: ${parsed.why}`);
  }
  const policy = parsed.value;
  if (policy.metadata.deletionTimestamp !== undefined) return ALLOWED;
  const [injected, others] = await Promise.all([facts.isInjected(namespace), facts.readPolicies(namespace)]);
  if (!injected) return refuse('NamespaceNotLabelled', namespace);
  if (operation === 'CREATE' && others.length >= MAX_POLICIES)
    return refuse('TooManyPolicies', `${namespace} has ${MAX_POLICIES} AgentPolicies already`);
  for (const other of others) {
    if (other.metadata.name === policy.metadata.name || other.metadata.deletionTimestamp !== undefined)
      continue;
    const taken = policy.spec.agents.serviceAccounts.find((name) =>
      other.spec.agents.serviceAccounts.includes(name),
    );
    if (taken !== undefined) {
      return refuse(
        'ServiceAccountTaken',
        `AgentPolicy ${other.metadata.name} already names ServiceAccount ${taken}`,
      );
    }
  }
  return ALLOWED;
}

function isEnding(object: unknown): boolean {
  const { metadata } = (object ?? {}) as { metadata?: { deletionTimestamp?: unknown } };
  return typeof metadata?.deletionTimestamp === 'string';
}
