// Puts the sidecar of a run together: credential and API server from the person's kubeconfig, entitlements from the policy
// file, records to stdout or a file of their own.
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Mode } from '../../policy/mode.ts';
import { createCallers } from '../../sidecar/callers.ts';
import { createHeldEntitlements } from '../../sidecar/held-entitlements.ts';
import { createLineSink } from '../../sidecar/line-sink.ts';
import { systemClock } from '../../sidecar/monotonic.ts';
import { recordInFolder } from '../../sidecar/recording-folder.ts';
import { startSidecar } from '../../sidecar/start.ts';
import { readTelemetryEnvironment } from '../../telemetry/environment.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createSpans } from '../../telemetry/spans.ts';
import { apiServerOf } from '../kubeconfig/api-server.ts';
import { chooseContext } from '../kubeconfig/choose.ts';
import { credentialOf } from '../kubeconfig/credential.ts';
import { say } from '../say.ts';
import { UsageError } from '../usage-error.ts';
import type { AgentAccess } from './agent-kubeconfig.ts';
import { announcement } from './announcement.ts';
import type { RunArguments } from './arguments.ts';
import { countHere } from './count-here.ts';
import { followPolicyFile } from './follow-policy-file.ts';
import { heldUnder } from './forced-mode.ts';
import type { RunLoopback } from './loopback.ts';
import { openRecordFile, recordPaths } from './record-file.ts';
import { createSummary } from './summary.ts';

export interface Governed {
  /** What the command's clients are given. */
  readonly access: AgentAccess;
  /** The context of the person's kubeconfig that calls go to. */
  readonly context: string;
  /** Takes no more calls, and answers with the summary of those that were made. */
  stop(): Promise<string>;
}

/** Calls that are open when the command has ended belong to nobody. */
const DRAIN_MS = 2000;
/** Certificates are good for a week; a machine that slept through it has a new one within an hour. */
const REISSUE_EVERY_MS = 3_600_000;

const STDOUT = 1;

/** Throws UsageError for what the person must change. */
export async function startGoverned(
  { policy, mode, kubeconfig, context, port, command }: RunArguments,
  environment: NodeJS.ProcessEnv,
  makingLoopback: Promise<RunLoopback>,
): Promise<Governed> {
  const read = readTelemetryEnvironment(environment);
  if (read.kind === 'invalid') throw new UsageError(read.message);
  const clock = systemClock;
  const chosen = chooseContext({ path: kubeconfig, context, environment });
  const apiServer = apiServerOf(chosen.cluster);
  const credential = credentialOf(chosen, apiServer, { clock, environment, say });
  const ofFile = createHeldEntitlements(clock);
  const followed = followPolicyFile({ path: policy, held: ofFile, clock, say });
  const held = mode === undefined ? ofFile : heldUnder(mode, ofFile);

  const session = randomUUID();
  const paths = recordPaths(session, environment);
  const records = command.length > 0 ? openRecordFile(paths) : undefined;
  const log = createLogger({ component: 'run', level: 'warn' });
  const identity = { service: 'chaperone-run', session };
  const summary = createSummary();
  const callers = createCallers(clock.monotonicMs);
  const loopback = await makingLoopback;
  const sidecar = await startSidecar({
    clock,
    port,
    certificate: await loopback.issue(clock.wallMs()),
    callers,
    held,
    judgesWorkloads: true,
    counter: countHere(held, clock.monotonicMs),
    credential,
    apiServer,
    session,
    sentinelKey: randomBytes(32),
    records: createLineSink(records ?? STDOUT),
    recordings: recordInFolder(paths.recordings, { clock, log }),
    spans: createSpans({ telemetry: read.telemetry, identity, log }),
    log,
    onEnd: summary.count,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall !== 'listen') throw error;
    const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on: ${error.code}`;
    throw new UsageError(port === 0 ? `no free port: ${error.code}` : `--port: ${port} ${why}`);
  });
  const renew = (): void => {
    loopback.issue(clock.wallMs()).then(sidecar.renew, (error: unknown) => {
      log.error('the listener keeps its former certificate', { error });
    });
  };
  const reissuing = setInterval(renew, REISSUE_EVERY_MS);
  let announced: Mode = 'Enforce';
  const announce = (): void => {
    const now = held.current()?.held;
    if (now?.kind !== 'policy' || now.mode === announced) return;
    announced = now.mode;
    say(announcement(announced, chosen.context));
  };
  announce();
  held.onChange(announce);

  return {
    access: {
      port: sidecar.port,
      ca: loopback.ca,
      token: callers.issue('run', clock.monotonicMs()),
      namespace: chosen.namespace,
    },
    context: chosen.context,
    async stop() {
      clearInterval(reissuing);
      await sidecar.stop(DRAIN_MS);
      followed.stop();
      return [
        summary.print(),
        ...(records === undefined ? [] : [`  records: ${paths.file}`]),
        ...(existsSync(paths.recordings) ? [`  recordings: ${paths.recordings}`] : []),
      ].join('\n');
    },
  };
}
