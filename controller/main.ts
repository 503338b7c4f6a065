// The controller's process: reads its environment, starts everything, and ends in order when it is told to.
// Exit codes: 64 for an environment that cannot be used, 1 for a start that failed; the kubelet tries again.
import { setTimeout as after } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { readTelemetryEnvironment, type TelemetryEnvironment } from '../telemetry/environment.ts';
import { startFullTelemetry } from '../telemetry/full.ts';
import { createLogger } from '../telemetry/logger.ts';
import { check } from './check/check.ts';
import { siteOf } from './check/site.ts';
import { startController } from './controller.ts';
import { type ControllerConfig, readEnvironment } from './environment.ts';
import { connect } from './kube/api.ts';

/** sysexits.h */
const EX_USAGE = 64;
/** Between being told to end and turning anyone away: by then no node leads new connections here any more. */
const LEAVE_MS = 5_000;
/** Within the 30 s that Kubernetes gives a pod to end. */
const STOP_WITHIN_MS = 20_000;

const read = readEnvironment(process.env);
const telemetry = readTelemetryEnvironment(process.env);
if (read.kind === 'invalid') endWith(read.why);
else if (telemetry.kind === 'invalid') endWith(telemetry.message);
else if (process.argv[2] === 'check') await proveInstalled(read.config);
else await run(read.config, telemetry.telemetry);

function endWith(why: string): void {
  process.stderr.write(`chaperone-controller: ${why}\n`);
  process.exitCode = EX_USAGE;
}

/** `helm test`: exit code 1 where something is not as it should be, which has been said. */
async function proveInstalled(config: ControllerConfig): Promise<void> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromCluster();
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const holds = await check(siteOf(kubeConfig, config), { namespace: config.namespace, say });
  process.exitCode = holds ? 0 : 1;
}

async function run(config: ControllerConfig, telemetry: TelemetryEnvironment): Promise<void> {
  const log = createLogger({ component: 'controller' });
  const identity = { service: 'chaperone-controller', namespace: config.namespace };
  const spans = startFullTelemetry({ telemetry, identity, log });
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromCluster();
  const asked = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  try {
    const controller = await startController({ config, kube: await connect(kubeConfig), log });
    log.info('the controller is up');
    const signal = await asked;
    log.info('the controller is stopping', { signal });
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    controller.leave();
    await after(LEAVE_MS);
    await controller.stop();
    await spans.shutdown();
  } catch (error) {
    log.error('the controller could not go on', {
      error,
      why: error instanceof Error ? error.message : undefined,
    });
    process.exitCode = 1;
  }
  // Connections to the API server are kept alive and would keep the process too.
  process.exit();
}
