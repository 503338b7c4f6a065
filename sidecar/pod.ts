// The life of a pod's sidecar: join the controller, give the agent its files, serve, renew, drain.
import type { Logger } from '../telemetry/logger.ts';
import type { Spans } from '../telemetry/spans.ts';
import { adoptCallers, writeCallerFiles } from './caller-files.ts';
import { createCallers } from './callers.ts';
import { countByController } from './controller-counter.ts';
import { serviceAccountToken } from './credential.ts';
import type { SidecarConfig } from './environment.ts';
import { createFollowing } from './following.ts';
import { createHeldEntitlements } from './held-entitlements.ts';
import { type Loopback, sentinelKey } from './identity.ts';
import { createLineSink } from './line-sink.ts';
import { SIDECAR_PORT } from './listener.ts';
import { join } from './membership.ts';
import { systemClock } from './monotonic.ts';
import { PATHS } from './paths.ts';
import { recordByController } from './recording-controller.ts';
import { startSidecar } from './start.ts';

/** Open calls may end within this; the agent itself has ended before its sidecar is told to. */
const DRAIN_MS = 10_000;

const STDOUT = 1;

/** Serves until `signal` is aborted. Rejects with CannotJoin where the controller gives this pod nothing to serve with. */
export async function servePod(
  config: SidecarConfig,
  spans: Spans,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const clock = systemClock;
  const held = createHeldEntitlements(clock);
  const callers = createCallers(clock.monotonicMs);
  const following = createFollowing();
  // What is kept by the controller goes there until the last stream has ended.
  const leaving = new AbortController();
  const membership = await join({ config, held, following, clock, log, signal: leaving.signal });
  const giveFiles = ({ root }: Loopback): Promise<void> =>
    writeCallerFiles(
      config.containers,
      callers,
      { ca: root, namespace: config.pod.namespace },
      clock.monotonicMs(),
    );

  if (!(await adoptCallers(config.containers, callers))) await giveFiles(membership.loopback);
  const sidecar = await startSidecar({
    clock,
    held,
    judgesWorkloads: false,
    counter: countByController(following, log),
    callers,
    spans,
    log,
    port: SIDECAR_PORT,
    certificate: membership.loopback.certificate,
    credential: serviceAccountToken(PATHS.credentialToken, clock),
    apiServer: { url: config.apiServer, ca: config.apiServerCa },
    session: config.pod.uid,
    sentinelKey: await sentinelKey(),
    records: createLineSink(STDOUT),
    recordings: recordByController({ following, clock, log }),
  });
  membership.onRenewal((loopback) => {
    sidecar.renew(loopback.certificate);
    giveFiles(loopback).catch((error: unknown) => log.error('the callers got no new tokens', { error }));
  });
  log.info('serving', { port: sidecar.port, pod: config.pod.name });
  await aborted(signal);
  await sidecar.stop(DRAIN_MS);
  leaving.abort();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
