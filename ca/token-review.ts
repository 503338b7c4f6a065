// Reads from a TokenReview's status which pod a ServiceAccount token is bound to, if it is bound to one at all.
// Names and keys as in k8s.io/apiserver/pkg/authentication/serviceaccount/util.go.
import type { Agent } from './agent.ts';

/** What is looked at in a TokenReview's status; `V1TokenReviewStatus` fits. */
export interface TokenReviewStatus {
  authenticated?: boolean;
  audiences?: readonly string[];
  error?: string;
  user?: { username?: string; extra?: Readonly<Record<string, readonly string[]>> };
}

const SERVICE_ACCOUNT = /^system:serviceaccount:(?<namespace>[^:]+):(?<serviceAccount>[^:]+)$/;
const POD_NAME = 'authentication.kubernetes.io/pod-name';
const POD_UID = 'authentication.kubernetes.io/pod-uid';

/** `undefined` for a person, a node, a token bound to nothing or to another kind, and for anything said twice. */
export function boundPod({ user }: TokenReviewStatus): (Agent & { pod: string }) | undefined {
  const { namespace, serviceAccount } = SERVICE_ACCOUNT.exec(user?.username ?? '')?.groups ?? {};
  const pod = only(user?.extra?.[POD_NAME]);
  const uid = only(user?.extra?.[POD_UID]);
  return namespace && serviceAccount && pod && uid ? { namespace, serviceAccount, pod, uid } : undefined;
}

function only(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}
