// Keeps `caBundle` in the chart's webhook configurations: the one field of them that is ours. The chart leaves it out, and
// until it is there every call of a webhook fails, which with failurePolicy Fail is a denial.
import { found, type KubeApi, type KubeObject } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';

const KINDS = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'] as const;

interface Configuration extends KubeObject {
  readonly webhooks?: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

/** Rejects where a configuration is missing or another writer was faster: the next pass tries again. */
export async function writeCaBundle(kube: KubeApi, name: string, pem: string): Promise<void> {
  const caBundle = Buffer.from(pem).toString('base64');
  for (const kind of KINDS) {
    const path = pathOf(kind, { name });
    const held = found(await kube.call<Configuration>('GET', path), `${kind} ${name}`);
    const { webhooks = [] } = held;
    if (webhooks.every(({ clientConfig }) => clientConfig.caBundle === caBundle)) continue;
    const wanted = webhooks.map((each) => ({ ...each, clientConfig: { ...each.clientConfig, caBundle } }));
    found(await kube.call('PUT', path, { ...held, webhooks: wanted }), `${kind} ${name}`);
  }
}
