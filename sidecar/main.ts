// The sidecar's program: `sidecar.mjs` serves, `sidecar.mjs probe` is its exec probe.
import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { readTelemetryEnvironment } from '../telemetry/environment.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createSpans } from '../telemetry/spans.ts';
import { readEnvironment } from './environment.ts';
import { SIDECAR_PORT } from './listener.ts';
import { CannotJoin } from './membership.ts';
import { PATHS } from './paths.ts';
import { servePod } from './pod.ts';
import { probe } from './probe.ts';

/** EX_CONFIG would be 78; every program of ours says 64 where a person must change something. */
const EXIT_CONFIGURATION = 64;

/**
 * Node cuts small buffers of one of 64 KiB, which stands as long as any of them does: of some for as long as there is a connection
 * (its session, its protocols), and every one of hundreds would keep its own.
 */
Buffer.poolSize = 1024;

const log = createLogger({ component: 'sidecar' });

/** What `kubectl describe pod` shows of a container that ended. */
async function endWith(code: number, message: string): Promise<never> {
  log.error(message);
  await writeFile('/dev/termination-log', `chaperone: ${message}\n`).catch(() => undefined);
  process.exit(code);
}

async function serve(): Promise<void> {
  const read = readEnvironment(process.env);
  if (read.kind === 'invalid') return endWith(EXIT_CONFIGURATION, read.why);
  const telemetry = readTelemetryEnvironment(process.env);
  if (telemetry.kind === 'invalid') return endWith(EXIT_CONFIGURATION, telemetry.message);
  const { pod } = read.config;
  const identity = {
    service: 'chaperone-sidecar',
    session: pod.uid,
    namespace: pod.namespace,
    pod: pod.name,
    podUid: pod.uid,
  };
  const spans = createSpans({ telemetry: telemetry.telemetry, identity, log });
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => ending.abort());
  try {
    await servePod(read.config, spans, log, ending.signal);
  } catch (error) {
    if (error instanceof CannotJoin) return endWith(1, error.message);
    throw error;
  }
  process.exit(0);
}

if (process.argv[2] === 'probe') {
  const why = await probe(PATHS.loopbackCertificate, SIDECAR_PORT);
  if (why !== undefined) {
    process.stdout.write(`${why}\n`);
    process.exit(1);
  }
} else {
  await serve();
}
