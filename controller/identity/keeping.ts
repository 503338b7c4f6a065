// Keeps the controller's identity true for as long as it runs: the roots as the API server keeps them, its certificate renewed
// before it ends, the webhooks' caBundle what it has to be. Servers hear of new credentials; connections that stand are left alone.
import { bundle } from '../../ca/root-set.ts';
import type { SecretStore } from '../../ca/root-store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { KubeApi } from '../kube/api.ts';
import { type Loop, startLoop } from '../kube/loop.ts';
import { writeCaBundle } from './ca-bundle.ts';
import { type Credentials, keepCredentials, type ServedNames } from './credentials.ts';

/** How long another replica's step goes unseen, and a caBundle that someone took away is missed; a rotation has days. */
const EVERY_MS = 5_000;

export interface Identity {
  readonly current: () => Credentials;
  /** Called for every new serving certificate or change of the roots. */
  readonly onChange: (listener: (credentials: Credentials) => void) => void;
  /** Resolves when the webhooks' caBundle has been seen to be right. */
  readonly announced: Promise<void>;
  /** Looks again now. */
  readonly poke: () => void;
  readonly stop: () => Promise<void>;
}

export interface IdentityOptions {
  readonly kube: KubeApi;
  readonly store: SecretStore;
  readonly names: ServedNames;
  /** Of both webhook configurations. */
  readonly webhooks: string;
  readonly log: Logger;
}

/** Resolves with the first credentials; rejects where there can be none. */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const { kube, store, names, webhooks, log } = options;
  const listeners: ((credentials: Credentials) => void)[] = [];
  const announced = Promise.withResolvers<void>();
  let held = await keepCredentials(undefined, store, names, Date.now());

  async function pass(): Promise<number> {
    const next = await keepCredentials(held, store, names, Date.now());
    const isNew = next.serving !== held.serving || bundleOf(next) !== bundleOf(held);
    held = next;
    // The API server hears of a root before it meets it. Sidecars must not wait for webhooks that are not installed.
    try {
      await writeCaBundle(kube, webhooks, bundleOf(held));
    } finally {
      if (isNew) for (const listener of listeners) listener(held);
    }
    announced.resolve();
    return EVERY_MS;
  }

  const loop: Loop = startLoop({ what: 'keeping certificates and caBundle', pass, log });
  return {
    current: () => held,
    onChange: (listener) => void listeners.push(listener),
    announced: announced.promise,
    poke: loop.poke,
    stop: loop.stop,
  };
}

export const bundleOf = ({ roots }: Credentials): string => bundle(roots.control);
