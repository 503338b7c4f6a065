// The controller's process: reads its environment, starts everything, and ends in order when it is told to.
// Exit codes: 64 for an environment that cannot be used, 1 for a start that failed; the kubelet tries again.
import { KubeConfig } from '@kubernetes/client-node';
import { readTelemetryEnvironment, type TelemetryEnvironment } from '../telemetry/environment.ts';
import { startFullTelemetry } from '../telemetry/full.ts';
import { createLogger } from '../telemetry/logger.ts';
import { startController } from './controller.ts';
import { type ControllerConfig, readEnvironment } from './environment.ts';
import { connect } from './kube/api.ts';

/** sysexits.h */
const EX_USAGE = 64;
/** Within the 30 s that Kubernetes gives a pod to end. */
const STOP_WITHIN_MS = 15_000;

const read = readEnvironment(process.env);
const telemetry = readTelemetryEnvironment(process.env);
if (read.kind === 'invalid') endWith(read.why);
else if (telemetry.kind === 'invalid') endWith(telemetry.message);
else await run(read.config, telemetry.telemetry);

function endWith(why: string): void {
  process.stderr.write(`chaperone-controller: ${why}\n`);
  process.exitCode = EX_USAGE;
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
