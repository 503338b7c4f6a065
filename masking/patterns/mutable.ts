// What a write of an object may change at all. Of what it may not, the API server says whether a text is what stands there, and
// nothing is destroyed by a wrong guess: so any field of a built-in kind that is not named here counts as fixed.
import { isObject } from '../shape.ts';
import type { Step } from './path.ts';

/** By kind, the fields that its validation lets anyone change (k8s.io/kubernetes pkg/apis/*\/validation); metadata aside. */
const MUTABLE: Readonly<Record<string, readonly string[]>> = {
  APIService: ['spec'],
  ClusterRole: ['rules', 'aggregationRule'],
  ClusterRoleBinding: ['subjects'],
  ConfigMap: ['data', 'binaryData'],
  CronJob: ['spec'],
  DaemonSet: ['spec.template'],
  Deployment: ['spec.template'],
  EndpointSlice: ['endpoints', 'ports'],
  Endpoints: ['subsets'],
  HorizontalPodAutoscaler: ['spec'],
  Ingress: ['spec'],
  Lease: ['spec'],
  MutatingWebhookConfiguration: ['webhooks'],
  NetworkPolicy: ['spec'],
  PodTemplate: ['template'],
  ReplicaSet: ['spec.template'],
  ReplicationController: ['spec.template'],
  Role: ['rules'],
  RoleBinding: ['subjects'],
  ServiceAccount: ['secrets', 'imagePullSecrets'],
  StatefulSet: ['spec.template'],
  ValidatingWebhookConfiguration: ['webhooks'],
};

const FIELDS = new Map(
  Object.entries(MUTABLE).map(([kind, fields]) => [kind, fields.map((field) => field.split('.'))]),
);

/** Whether the answer to a write of `live` may tell what stands there. Of a custom kind only its author knows. */
export function isFixed(path: readonly Step[], live: unknown): boolean {
  if (!isObject(live)) return false;
  if (live.immutable === true) return true;
  if (!isBuiltIn(live.apiVersion) || path[0] === 'metadata') return false;
  const fields = FIELDS.get(String(live.kind)) ?? [];
  return !fields.some((field) => field.every((key, at) => path[at] === key));
}

/** Whose group is Kubernetes' own: none, `apps`, or below k8s.io. */
function isBuiltIn(apiVersion: unknown): boolean {
  const [group = '', version] = String(apiVersion ?? '').split('/');
  return version === undefined || !group.includes('.') || group.endsWith('.k8s.io');
}
