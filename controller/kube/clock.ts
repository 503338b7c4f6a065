// What time it is for the API server, for what must not rest on the clock of one replica.
import { found, type KubeApi } from './api.ts';
import { pathOf } from './paths.ts';

/** Unix milliseconds, to the second. The one answer that says the time and keeps nothing: everyone may ask who they are. */
export async function serverTimeMs(kube: Pick<KubeApi, 'call'>): Promise<number> {
  const question = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const { metadata } = found(
    await kube.call('POST', pathOf('selfsubjectreviews'), question),
    'SelfSubjectReview',
  );
  return Date.parse(metadata.creationTimestamp ?? '');
}
