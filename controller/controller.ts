// The control plane of one replica, composed: identity, caches, webhooks, sidecars' port, statuses. Nothing is decided here.

import type { Logger } from '../telemetry/logger.ts';
import { type ControllerConfig, urlOf } from './environment.ts';
import { bundleOf, startIdentity } from './identity/keeping.ts';
import { startCaches } from './kinds.ts';
import { found, type KubeApi, type KubeObject } from './kube/api.ts';
import { pathOf } from './kube/paths.ts';
import { secretStore } from './kube/secrets.ts';
import { startLifecycle } from './lifecycle/keeping.ts';
import { lookAgain } from './sidecars/agent.ts';
import { PROVEN_WITHIN_MS } from './sidecars/lease.ts';
import { messageFor, standingPolicy } from './sidecars/message.ts';
import { SIDECAR_PORT, startSidecarServer } from './sidecars/server.ts';
import { keepStanding } from './sidecars/standing.ts';
import { startStreams } from './sidecars/streams.ts';
import { webhookFacts } from './webhooks/facts.ts';
import { startWebhooks } from './webhooks/server.ts';

/** Of every identity. Each installation has roots of its own, so the name need not tell them apart. */
const TRUST_DOMAIN = 'chaperone.local';

export interface Controller {
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
  const { namespace, serviceAccount, address, service, sidecar, apiServer } = config;
  const serviceAddress = await readServiceAddress(kube, namespace, service);
  const identity = await startIdentity({
    kube,
    log,
    store: secretStore(kube, namespace),
    names: { dnsNames: [`${service}.${namespace}.svc`], ips: [serviceAddress] },
    webhooks: config.webhooks,
  });
  const controlRoots = () => bundleOf(identity.current());

  const namespacesOf = (changed: readonly KubeObject[]) =>
    new Set(changed.flatMap(({ metadata }) => metadata.namespace ?? []));
  const caches = startCaches(
    { kube, namespace, log },
    {
      policies(changed) {
        streams.changed(namespacesOf(changed));
        streams.renew(namespacesOf(changed));
        lifecycle.poke();
      },
      grants(changed) {
        streams.changed(namespacesOf(changed));
        lifecycle.poke();
      },
    },
  );
  const { policies, grants } = caches;
  const standing = keepStanding(kube, namespace, caches.standing);
  const sources = { policies, grants, controlRoots, systemNamespace: namespace };
  const streams = startStreams({
    log,
    lookAgain: (agent) => lookAgain(kube, agent),
    async standingOf(agent) {
      const policyUid = standingPolicy(agent, sources)?.metadata.uid;
      if (policyUid === undefined || agent.kind === 'gone') return undefined;
      return { policyUid, atEpochMs: await standing.startOf(policyUid, agent.workload, Date.now()) };
    },
    message: (agent, started) =>
      messageFor(agent, started, sources, { monotonicMs: performance.now(), epochMs: Date.now() }),
  });
  const lifecycle = startLifecycle({ kube, policies, grants, standing, log });

  let phase: 'starting' | 'serving' | 'stopping' = 'starting';
  identity.announced.then(() => {
    if (phase === 'starting') phase = 'serving';
  });
  const notReady = () => {
    if (phase !== 'serving') return `the controller is ${phase}`;
    const provenAtMs = Math.min(policies.provenAtMs(), grants.provenAtMs());
    return performance.now() - provenAtMs <= PROVEN_WITHIN_MS ? undefined : 'the API server does not answer';
  };

  const facts = webhookFacts(kube, { namespace, serviceAccount });
  const webhooks = await startWebhooks({
    address,
    credentials: identity.current(),
    injector: () => ({
      ...sidecar,
      controller: urlOf(serviceAddress, SIDECAR_PORT),
      controlCa: controlRoots(),
      apiServer,
      apiServerCa: kube.ca,
    }),
    policies: facts,
    grants: facts,
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
    log,
  });
  identity.onChange((credentials) => {
    webhooks.renew(credentials);
    sidecars.renew(credentials);
    streams.changed(undefined);
  });

  return {
    async stop() {
      phase = 'stopping';
      await Promise.all([webhooks.stop(), sidecars.stop()]);
      await Promise.all([
        lifecycle.stop(),
        identity.stop(),
        ...Object.values(caches).map((cache) => cache.stop()),
      ]);
    },
  };
}

/** Sidecars call the controller by this address, and find it in its certificate. */
async function readServiceAddress(kube: KubeApi, namespace: string, name: string): Promise<string> {
  const service = found(await kube.call('GET', pathOf('services', { namespace, name })), `Service ${name}`);
  const { clusterIP } = (service.spec ?? {}) as { clusterIP?: string };
  if (clusterIP === undefined || clusterIP === '' || clusterIP === 'None')
    throw new Error(`Service ${name} of ${namespace} has no ClusterIP; install the chart's Service as it is`);
  return clusterIP;
}
