// Who may create which Grant. One list of checks; the first that fails is the answer. An agent never gives itself anything:
// a person with a credential of their own does, whom RBAC lets `approve` the AgentPolicy.
import { isDeepStrictEqual } from 'node:util';
import type { AgentPolicy, Scope } from '../../policy/kinds/agent-policy.ts';
import type { Grant } from '../../policy/kinds/grant.ts';
import { giftOf } from '../../policy/narrower.ts';
import { listed, word } from '../../policy/quoting.ts';
import { governing } from '../../policy/take-snapshot.ts';
import { APPROVE, type UserInfo } from '../identity/reviews.ts';
import { readGrant } from '../read-kind.ts';
import { type Admission, type AdmissionRequest, ALLOWED, operationOf } from './admission.ts';
import { admitStatus, type PolicyFacts } from './policies.ts';
import { refuse } from './refusals.ts';

/**
 * What every authenticator of Kubernetes 1.36 that knows the single credential sets (client certificates, ServiceAccount
 * tokens, OIDC tokens with `jti`) and impersonation drops. Source: apiserver/pkg/authentication/user, CredentialIDKey.
 */
const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

/** Of one namespace, ended or not: every replica holds each of them, and one that has ended goes a week later. */
export const MAX_GRANTS = 512;

const SERVICE_ACCOUNT = /^system:serviceaccount:(?<namespace>[^:]+):(?<serviceAccount>[^:]+)$/;

export interface GrantFacts extends Omit<PolicyFacts, 'isInjected'> {
  /** Of this namespace, whatever their phase. */
  countGrants(namespace: string): Promise<number>;
  /** By SubjectAccessReview. */
  mayApprove(user: UserInfo, policy: { namespace: string; name: string }): Promise<boolean>;
}

export async function admitGrant(request: AdmissionRequest, facts: GrantFacts): Promise<Admission> {
  switch (operationOf(request)) {
    case 'CREATE grants':
      return admitCreate(request, facts);
    case 'UPDATE grants':
      return admitUpdate(request);
    case 'UPDATE grants/status':
      return admitStatus(request.userInfo, facts.controller);
    default:
      return refuse('UnknownOperation', operationOf(request));
  }
}

/** Labels, annotations and finalizers may change; a CEL rule of the CRD says the same of the spec. */
function admitUpdate({ object, oldObject }: AdmissionRequest): Admission {
  return isDeepStrictEqual(specOf(object), specOf(oldObject)) ? ALLOWED : refuse('ImmutableSpec', '');
}

async function admitCreate(request: AdmissionRequest, facts: GrantFacts): Promise<Admission> {
  const { object, namespace, userInfo: user } = request;
  const parsed = readGrant(object);
  if (parsed.kind === 'invalid') return refuse('InvalidObject', `${parsed.field}: ${parsed.why}`);
  const grant = parsed.value;

  const asServiceAccount = await refuseServiceAccount(user, facts);
  if (asServiceAccount !== undefined) return asServiceAccount;
  if (!user.extra?.[CREDENTIAL_ID]?.length) return refuse('ImpersonatedApprover', word(user.username));
  const name = grant.spec.policy;
  if (!(await facts.mayApprove(user, { namespace, name })))
    return refuse(
      'NotApprover',
      `${word(user.username)} may not ${APPROVE} AgentPolicy ${name} of ${namespace}`,
    );

  const [policies, count] = await Promise.all([facts.readPolicies(namespace), facts.countGrants(namespace)]);
  if (count >= MAX_GRANTS) return refuse('TooManyGrants', `${namespace} has ${MAX_GRANTS} Grants already`);
  const policy = policies.find(({ metadata }) => metadata.name === name);
  return policy === undefined
    ? refuse('InvalidObject', `spec.policy: there is no valid AgentPolicy ${name} in ${namespace}`)
    : judge(grant, policy, user);
}

async function refuseServiceAccount(user: UserInfo, facts: GrantFacts): Promise<Admission | undefined> {
  const { namespace, serviceAccount } = SERVICE_ACCOUNT.exec(user.username)?.groups ?? {};
  if (namespace === undefined || serviceAccount === undefined) return undefined;
  const policies = await facts.readPolicies(namespace);
  const isGoverned = governing(policies, { namespace, serviceAccount }).length > 0;
  return refuse(isGoverned ? 'GovernedAgent' : 'ServiceAccountApprover', word(user.username));
}

/** The Grant against the scope that it names. */
function judge(grant: Grant, policy: AgentPolicy, user: UserInfo): Admission {
  const gift = giftOf(grant, policy);
  if (gift.kind === 'nothing') return refuse('InvalidObject', `${gift.field}: ${gift.why}`);
  const scope = policy.spec.scopes?.find(({ name }) => name === grant.spec.scope);
  const missing = scope && missingApproval(scope, user);
  return missing === undefined ? ALLOWED : refuse('ApprovalMissing', missing);
}

/** Who creates the Grant is the one person who agrees to it. */
function missingApproval({ name, approval }: Scope, user: UserInfo): string | undefined {
  if (approval === undefined) return undefined;
  const { approvers, required } = approval;
  const wanted = `scope ${name} needs the agreement of ${required} of ${listed(approvers.groups)}`;
  const isOne = approvers.groups.some((group) => user.groups?.includes(group));
  if (!isOne) return `${wanted}, and ${word(user.username)} is in none of them`;
  return required > 1 ? wanted : undefined;
}

const specOf = (object: unknown): unknown => (object as { spec?: unknown } | undefined)?.spec;
