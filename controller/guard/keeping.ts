// Keeps the webhook configuration of the workload guard as it has to be, and says for which namespaces it has been in force
// for long enough. The chart installs it empty, so that Helm owns the object and never what is in it.

import { isSame } from '../../policy/guard/json.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { found, type KubeApi, type KubeObject } from '../kube/api.ts';
import { type Cache, startCache } from '../kube/cache.ts';
import { startLoop } from '../kube/loop.ts';
import { pathOf } from '../kube/paths.ts';
import { PROVEN_WITHIN_MS } from '../sidecars/lease.ts';
import { guardedIn, printWebhooks, type Service, type Webhook } from './configuration.ts';

/** API servers take a change up by a watch, each for itself. */
export const SETTLED_MS = 3_000;
/** A change is heard of by a watch; this is for what a pass could not do. */
const EVERY_MS = 5_000;

export interface Guard {
  /** Whether the API servers ask about the agents of this namespace, as far as this replica has seen. */
  isGuarded(namespace: string): boolean;
  /** Looks again now: policies or roots have changed. */
  poke(): void;
  stop(): Promise<void>;
}

export interface GuardOptions {
  readonly kube: KubeApi;
  /** Of the ValidatingWebhookConfiguration. */
  readonly name: string;
  readonly service: Service;
  readonly policies: Pick<Cache<unknown>, 'all' | 'filled' | 'refresh'>;
  /** PEM. */
  readonly controlRoots: () => string;
  /** Hears of the namespaces for which `isGuarded` has changed. */
  readonly onChange: (namespaces: ReadonlySet<string>) => void;
  readonly log: Logger;
}

export function startGuard(options: GuardOptions): Guard {
  const { kube, name, service, policies, controlRoots, onChange, log } = options;
  const selector = { fieldSelector: `metadata.name=${name}` };
  const held = startCache<readonly Webhook[]>({
    kube,
    log,
    what: 'the configuration of the workload guard',
    path: (query) => pathOf('validatingwebhookconfigurations', { query: { ...query, ...selector } }),
    read: webhooksOf,
    onChange: () => {
      look();
      loop.poke();
    },
  });
  /** Since when the configuration has been seen to name them; monotonic ms. */
  const since = new Map<string, number>();
  let told: ReadonlySet<string> = new Set();

  const standing = () => held.all()[0]?.read;
  const isSettled = (namespace: string) =>
    performance.now() - (since.get(namespace) ?? Number.POSITIVE_INFINITY) >= SETTLED_MS;
  const isProven = () => performance.now() - held.provenAtMs() <= PROVEN_WITHIN_MS;

  /** Takes note of what stands, and tells. */
  function look(): void {
    const named = guardedIn(standing() ?? [], service);
    for (const namespace of since.keys()) if (!named.has(namespace)) since.delete(namespace);
    for (const namespace of named) if (!since.has(namespace)) since.set(namespace, performance.now());
    const now = new Set([...since.keys()].filter(isSettled));
    const changed = new Set([...now, ...told].filter((each) => now.has(each) !== told.has(each)));
    told = now;
    if (changed.size > 0) onChange(changed);
  }

  const namespaces = () => new Set(policies.all().flatMap(({ object }) => object.metadata.namespace ?? []));

  /** What another replica has added is taken out only by a list of policies that began later. */
  async function wanted(): Promise<Webhook[]> {
    await policies.filled;
    const isGone = [...guardedIn(standing() ?? [], service)].some((each) => !namespaces().has(each));
    if (isGone && (await policies.refresh()) === 'failed') throw new Error('the policies are not known');
    return printWebhooks(namespaces(), service, Buffer.from(controlRoots()).toString('base64'));
  }

  async function pass(): Promise<number> {
    await held.filled;
    const webhooks = await wanted();
    const stands = standing();
    if (stands === undefined) throw new Error(`ValidatingWebhookConfiguration ${name} is missing`);
    if (!isSame(stands, webhooks)) {
      const path = pathOf('validatingwebhookconfigurations', { name });
      const object = found(await kube.call('GET', path), name);
      if (!isSame(webhooksOf(object), webhooks))
        found(await kube.call('PUT', path, { ...object, webhooks }), name);
      await held.refresh();
    }
    look();
    const unsettled = [...since.values()].map((atMs) => atMs + SETTLED_MS - performance.now());
    return Math.max(0, Math.min(EVERY_MS, ...unsettled.filter((ms) => ms > 0)));
  }

  const loop = startLoop({ what: 'keeping the workload guard', pass, log });
  return {
    isGuarded: (namespace) => isSettled(namespace) && isProven(),
    poke: loop.poke,
    async stop() {
      await Promise.all([loop.stop(), held.stop()]);
    },
  };
}

const webhooksOf = (object: KubeObject): readonly Webhook[] =>
  (object as { webhooks?: readonly Webhook[] }).webhooks ?? [];
