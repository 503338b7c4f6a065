// The roots' Secrets in chaperone's own namespace, in the little form that ca/ asks for.
import type { SecretStore } from '../../ca/root-store.ts';
import { found, type KubeApi, type KubeObject } from './api.ts';
import { serverTimeMs } from './clock.ts';
import { pathOf } from './paths.ts';

const encode = (data: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );

const decode = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );

export function secretStore(kube: KubeApi, namespace: string): SecretStore {
  const secret = (name: string, data: Record<string, string>, resourceVersion?: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name, namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
    data: encode(data),
  });
  return {
    async get(name) {
      const outcome = await kube.call('GET', pathOf('secrets', { namespace, name }));
      if (outcome.kind === 'absent') return undefined;
      const { metadata, data = {} } = found(outcome, `Secret ${name}`) as KubeObject & {
        data?: Record<string, string>;
      };
      return { data: decode(data), resourceVersion: metadata.resourceVersion ?? '' };
    },
    async create(name, data) {
      const outcome = await kube.call('POST', pathOf('secrets', { namespace }), secret(name, data));
      return outcome.kind === 'done' ? 'stored' : 'conflict';
    },
    async update(name, data, resourceVersion) {
      const path = pathOf('secrets', { namespace, name });
      const outcome = await kube.call('PUT', path, secret(name, data, resourceVersion));
      return outcome.kind === 'done' ? 'stored' : 'conflict';
    },
    timeMs: () => serverTimeMs(kube),
  };
}
