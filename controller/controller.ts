// The control plane of one replica, composed: identity, caches, webhooks, sidecars' port, statuses. Nothing is decided here.
import type { Logger } from '../telemetry/logger.ts';
import { type ControllerConfig, urlOf } from './environment.ts';
import { rootsToFind } from './identity/injected-roots.ts';
import { bundleOf, startIdentity } from './identity/keeping.ts';
import { startRotation } from './identity/rotation.ts';
import { readServiceAddress } from './identity/service-address.ts';
import { startCaches } from './kinds.ts';
import type { KubeApi, KubeObject } from './kube/api.ts';
import { secretStore } from './kube/secrets.ts';
import { startLeadership } from './leadership/leadership.ts';
import { startLifecycle } from './lifecycle/keeping.ts';
import { startRecordings } from './recordings/recordings.ts';
import { SIDECAR_PORT, startSidecarServer } from './sidecars/server.ts';
import { keepSpends } from './sidecars/spends.ts';
import { startTelling } from './telling.ts';
import { webhookFacts } from './webhooks/facts.ts';
import { startWebhooks } from './webhooks/server.ts';

/** Of every identity. Each installation has roots of its own, so the name need not tell them apart. */
const TRUST_DOMAIN = 'chaperone.local';

export interface Controller {
  /** Is not ready any more, and serves on: the Service leads elsewhere, and the API server lets its connections go. */
  leave(): void;
  /** Turns away what is new, finishes what is under way. */
  stop(): Promise<void>;
}

export interface ControllerOptions {
  readonly config: ControllerConfig;
  readonly kube: KubeApi;
  readonly log: Logger;
}

/** Resolves when it listens. Rejects where it cannot begin; what fails later is tried again for as long as it runs. */
export async function startController({ config, kube, log }: ControllerOptions): Promise<Controller> {
  const { namespace, serviceAccount, pod, address, service, sidecar, apiServer } = config;
  const serviceAddress = await readServiceAddress(kube, namespace, service);
  const store = secretStore(kube, namespace);
  const recordings = await startRecordings(config.recordings, log);
  const identity = await startIdentity({
    kube,
    log,
    store,
    names: { dnsNames: [`${service}.${namespace}.svc`], ips: [serviceAddress] },
    webhooks: config.webhooks,
  });
  const leadership = startLeadership({ kube, namespace, identity: pod, log });
  const { leading } = leadership;
  const rotation = startRotation({ store, leading, onStep: identity.poke, log });
  leadership.onLeading(rotation.poke);
  const namespacesOf = (changed: readonly KubeObject[]) =>
    new Set(changed.flatMap(({ metadata }) => metadata.namespace ?? []));
  const caches = startCaches(
    { kube, namespace, log },
    {
      policies(changed) {
        streams.changed(namespacesOf(changed));
        streams.renew(namespacesOf(changed));
        lifecycle.poke();
        guard.poke();
      },
      grants(changed) {
        streams.changed(namespacesOf(changed));
        lifecycle.poke();
      },
    },
  );
  const { policies, grants } = caches;
  const spends = keepSpends(kube, namespace);
  const controlRoots = () => bundleOf(identity.current());
  const telling = startTelling({ kube, config, caches, controlRoots, log });
  const { streams, proof, standing, guard } = telling;
  const lifecycle = startLifecycle({ kube, policies, grants, standing, spends, leading, log });
  leadership.onLeading(lifecycle.poke);

  let phase: 'starting' | 'serving' | 'stopping' = 'starting';
  identity.announced.then(() => {
    if (phase === 'starting') phase = 'serving';
  });
  const notReady = () => {
    if (phase !== 'serving') return `the controller is ${phase}`;
    return proof.stands() ? undefined : 'the API server does not answer';
  };

  const facts = webhookFacts(kube, { namespace, serviceAccount });
  const webhooks = await startWebhooks({
    address,
    credentials: identity.current(),
    injector: (review) => ({
      ...sidecar,
      controller: urlOf(serviceAddress, SIDECAR_PORT),
      controlCa: rootsToFind(review, identity.current().roots.control, Date.now()),
      apiServer,
      apiServerCa: kube.ca,
    }),
    policies: facts,
    grants: facts,
    agents: telling.agents,
    notReady,
    log,
  });
  const sidecars = await startSidecarServer({
    address,
    kube,
    credentials: identity.current,
    trustDomain: TRUST_DOMAIN,
    namespace,
    streams,
    proof,
    policies,
    spends,
    store: recordings.store,
    log,
  });
  const renew = (credentials = identity.current()) => {
    webhooks.renew(credentials);
    // Sidecars hear of new roots on streams that the old ones still hold.
    streams.changed(undefined);
    sidecars.renew(credentials);
    guard.poke();
  };
  identity.onChange(renew);
  // They may have changed while the ports were opened.
  renew();

  return {
    leave() {
      phase = 'stopping';
    },
    async stop() {
      phase = 'stopping';
      await Promise.all([webhooks.stop(), sidecars.stop(), lifecycle.stop()]);
      proof.stop();
      await Promise.all([
        recordings.stop(),
        rotation.stop(),
        leadership.stop(),
        identity.stop(),
        guard.stop(),
        ...Object.values(caches).map((cache) => cache.stop()),
      ]);
    },
  };
}
