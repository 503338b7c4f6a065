// Which calls ask about rights: exactly the shapes at which the API server serves them (authorization.k8s.io, 1.36).
import type { ApiRequest } from '../api-request.ts';

const KINDS = {
  selfsubjectaccessreviews: { kind: 'SelfSubjectAccessReview', namespaced: false },
  selfsubjectrulesreviews: { kind: 'SelfSubjectRulesReview', namespaced: false },
  subjectaccessreviews: { kind: 'SubjectAccessReview', namespaced: false },
  localsubjectaccessreviews: { kind: 'LocalSubjectAccessReview', namespaced: true },
} as const;

export type ReviewKind = (typeof KINDS)[keyof typeof KINDS]['kind'];

/** The kind that a call creates, where it asks about rights; undefined: it is an ordinary call. */
export function reviewKind(request: ApiRequest): ReviewKind | undefined {
  if (request.kind === 'nonResource' || request.apiGroup !== 'authorization.k8s.io') return undefined;
  const { method, verb, namespace, resource, subresource, name } = request;
  if (method !== 'POST' || verb !== 'create' || subresource !== undefined || name !== undefined)
    return undefined;
  const found = Object.hasOwn(KINDS, resource) ? KINDS[resource as keyof typeof KINDS] : undefined;
  return found?.namespaced === (namespace !== undefined) ? found.kind : undefined;
}
