// Events on an agent's pod: what a person sees who asks `kubectl describe pod` why it does not start.
// One Event a pod and reason: the sidecar tries again and again, and the first time says it all.
import { createHash } from 'node:crypto';
import type { KubeApi, KubeObject } from './api.ts';
import { pathOf } from './paths.ts';

/** The API server's bound for a note that is shown in full. */
const MAX_MESSAGE = 1024;

export interface PodEvent {
  readonly reason: 'AttestationRefused';
  /** What tells this Event from another of the same reason. */
  readonly code: string;
  readonly message: string;
}

/** Rejects only where the API server cannot be asked; an Event that is there already stands for this one. */
export async function warn(kube: KubeApi, pod: KubeObject, event: PodEvent, nowMs: number): Promise<void> {
  const { name, namespace = '', uid = '' } = pod.metadata;
  const { reason, code, message } = event;
  const id = createHash('sha256').update(`${uid} ${reason} ${code}`).digest('hex').slice(0, 16);
  const at = new Date(nowMs).toISOString();
  await kube.call('POST', pathOf('events', { namespace }), {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name.slice(0, 200)}.${id}`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
    type: 'Warning',
    reason,
    message: message.slice(0, MAX_MESSAGE),
    source: { component: 'chaperone-controller' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  });
}
