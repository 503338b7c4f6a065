// The two questions that the controller puts to the API server about others: whose token is this, and may they do that.
import type { TokenReviewStatus } from '../../ca/token-review.ts';
import { found, type KubeApi } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';

/** authentication.k8s.io/v1 UserInfo, as admission hands it over. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

export async function reviewToken(
  kube: KubeApi,
  token: string,
  audiences: readonly string[],
): Promise<TokenReviewStatus> {
  const question = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, audiences },
  };
  const answer = await kube.call<{ status?: TokenReviewStatus }>('POST', pathOf('tokenreviews'), question);
  return found(answer, 'TokenReview').status ?? {};
}

/** The verb that lets a person create Grants of a policy: `approve` on that AgentPolicy. */
export const APPROVE = 'approve';

export async function mayApprove(
  kube: KubeApi,
  user: UserInfo,
  policy: { namespace: string; name: string },
): Promise<boolean> {
  const { username, uid, groups, extra } = user;
  const resourceAttributes = {
    verb: APPROVE,
    group: 'chaperone.dev',
    version: 'v1alpha1',
    resource: 'agentpolicies',
    ...policy,
  };
  const question = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: username, uid, groups, extra, resourceAttributes },
  };
  const path = pathOf('subjectaccessreviews');
  const answer = await kube.call<{ status?: { allowed?: boolean; denied?: boolean } }>(
    'POST',
    path,
    question,
  );
  const { allowed, denied } = found(answer, 'SubjectAccessReview').status ?? {};
  return allowed === true && denied !== true;
}
