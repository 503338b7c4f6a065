// `chaperone run`: the same sidecar as in a pod, for one command on a laptop or in CI, or staying up as `kubectl proxy` does.
import { randomBytes, randomUUID } from 'node:crypto';
import { createCallers } from '../../sidecar/callers.ts';
import { createHeldEntitlements } from '../../sidecar/held-entitlements.ts';
import { createLineSink } from '../../sidecar/line-sink.ts';
import { systemClock } from '../../sidecar/monotonic.ts';
import { type Sidecar, startSidecar } from '../../sidecar/start.ts';
import { readTelemetryEnvironment } from '../../telemetry/environment.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createSpans } from '../../telemetry/spans.ts';
import { UsageError } from '../usage-error.ts';
import {
  type AgentAccess,
  type WrittenKubeconfig,
  writeKubeconfigAt,
  writePrivateKubeconfig,
} from './agent-kubeconfig.ts';
import type { RunArguments } from './arguments.ts';
import { runCommand } from './command.ts';
import { followPolicyFile } from './file-entitlements.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { makeLoopback } from './loopback.ts';
import { openRecordFile } from './record-file.ts';
import { createSummary } from './summary.ts';

/** Calls that are open when the command has ended belong to nobody. */
const DRAIN_MS = 2000;
/** Certificates are good for a week. */
const REISSUE_EVERY_MS = 3 * 24 * 3_600_000;

const STDOUT = 1;

/** Runs to its end; resolves with the exit code. Throws UsageError for what the person must change. */
export async function run(args: RunArguments, environment: NodeJS.ProcessEnv): Promise<number> {
  const session = randomUUID();
  const log = createLogger({ component: 'run', level: 'warn' });
  const telemetry = readTelemetryEnvironment(environment);
  if (telemetry.kind === 'invalid') throw new UsageError(telemetry.message);
  const cluster = readKubeconfig(args.kubeconfig, args.context);
  const held = createHeldEntitlements(systemClock);
  const now = () => ({ monotonicMs: systemClock.monotonicMs(), wallMs: systemClock.wallMs() });
  const file = followPolicyFile({ path: args.policy, held, now, say });
  if ('why' in file) throw new UsageError(`--policy ${args.policy}: ${file.why}`);

  const summary = createSummary();
  const callers = createCallers(systemClock.monotonicMs);
  const loopback = await makeLoopback(Date.now());
  const hasCommand = args.command.length > 0;
  const records = hasCommand ? openRecordFile(session, environment) : undefined;
  const sidecar = await startSidecar({
    clock: systemClock,
    port: args.port,
    certificate: await loopback.issue(Date.now()),
    callers,
    held,
    credential: cluster.credential,
    apiServer: cluster.server,
    session,
    sentinelKey: randomBytes(32),
    records: createLineSink(records?.fd ?? STDOUT),
    spans: createSpans({
      telemetry: telemetry.telemetry,
      identity: { service: 'chaperone-run', session },
      log,
    }),
    log,
    onEnd: summary.count,
  }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--port ${args.port}: cannot listen: ${error.code}`);
  });
  const reissue = setInterval(() => void loopback.issue(Date.now()).then(sidecar.renew), REISSUE_EVERY_MS);

  const access: AgentAccess = {
    port: sidecar.port,
    ca: loopback.ca,
    token: callers.issue('run', systemClock.monotonicMs()),
    namespace: cluster.namespace,
  };
  const written: WrittenKubeconfig[] = [];
  try {
    if (args.kubeconfigOut !== undefined) written.push(await writeKubeconfigAt(args.kubeconfigOut, access));
    if (!hasCommand) return await stayUp(sidecar, args, cluster.context);
    const own = await writePrivateKubeconfig(access);
    written.push(own);
    const end = await runCommand(args.command, { ...environment, KUBECONFIG: own.path });
    if (end.problem !== undefined) say(end.problem);
    return end.exitCode;
  } finally {
    clearInterval(reissue);
    file.stop();
    await sidecar.stop(DRAIN_MS);
    await Promise.all(written.map((it) => it.remove()));
    process.stderr.write(`${summary.print()}\n`);
    if (records !== undefined) process.stderr.write(`  records: ${records.path}\n`);
  }
}

function say(message: string): void {
  process.stderr.write(`chaperone: ${message}\n`);
}

/** Until a signal ends it. */
async function stayUp(sidecar: Sidecar, args: RunArguments, context: string): Promise<number> {
  say(`governs context ${context} by ${args.policy} at https://127.0.0.1:${sidecar.port}`);
  if (args.kubeconfigOut !== undefined) say(`use it with: KUBECONFIG=${args.kubeconfigOut} kubectl get pods`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  return 0;
}
