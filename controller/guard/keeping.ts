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
import { type Standing, settlesInMs, standingSince } from './settling.ts';

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
  let standing: Standing | undefined;
  let told: ReadonlySet<string> = new Set();

  const webhooks = () => held.all()[0]?.read;
  const guarded = () => guardedIn(webhooks() ?? [], service);
  const settlesIn = (namespace: string) => settlesInMs(standing, namespace, performance.now());
  const isProven = () => performance.now() - held.provenAtMs() <= PROVEN_WITHIN_MS;

  /** Takes note of what stands, and tells. */
  function look(): void {
    const { uid = '', generation = Number.NaN } = held.all()[0]?.object.metadata ?? {};
    standing = standingSince(standing, { uid, generation, named: guarded() }, performance.now());
    const now = new Set([...standing.named].filter((each) => settlesIn(each) === 0));
    const changed = new Set([...now, ...told].filter((each) => now.has(each) !== told.has(each)));
    told = now;
    if (changed.size > 0) onChange(changed);
  }

  const namespaces = () => policies.all().flatMap(({ object }) => object.metadata.namespace ?? []);

  const wanted = () => printWebhooks(namespaces(), service, Buffer.from(controlRoots()).toString('base64'));

  async function pass(): Promise<number> {
    await Promise.all([held.filled, policies.filled]);
    const stands = webhooks();
    if (stands === undefined) throw new Error(`ValidatingWebhookConfiguration ${name} is missing`);
    if (!isSame(stands, wanted())) {
      const path = pathOf('validatingwebhookconfigurations', { name });
      const object = found(await kube.call('GET', path), name);
      // What another replica has added to it is taken out only by a list of policies that began later.
      if ((await policies.refresh()) === 'failed') throw new Error('the policies are not known');
      const print = wanted();
      if (!isSame(webhooksOf(object), print))
        found(await kube.call('PUT', path, { ...object, webhooks: print }), name);
      await held.refresh();
    }
    look();
    const unsettled = [...guarded()].map(settlesIn).filter((ms) => ms > 0);
    return Math.min(EVERY_MS, ...unsettled);
  }

  const loop = startLoop({ what: 'keeping the workload guard', pass, log });
  return {
    isGuarded: (namespace) => settlesIn(namespace) === 0 && isProven(),
    poke: loop.poke,
    async stop() {
      await Promise.all([loop.stop(), held.stop()]);
    },
  };
}

const webhooksOf = (object: KubeObject): readonly Webhook[] =>
  (object as { webhooks?: readonly Webhook[] }).webhooks ?? [];
