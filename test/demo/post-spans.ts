// Passes the spans of the demo on to the receiver that the person's environment names, as the collector understood them.
import { readTelemetryEnvironment } from '../../telemetry/environment.ts';
import type { Collector } from '../cluster/collector.ts';

/** Does nothing where OTEL_EXPORTER_OTLP_ENDPOINT is not set; says on stderr where the receiver does not take them. */
export async function postSpans(collector: Collector): Promise<void> {
  const read = readTelemetryEnvironment(process.env);
  if (read.kind === 'invalid') throw new Error(read.message);
  const { tracesUrl, headers } = read.telemetry;
  if (tracesUrl === undefined) return;
  for (const body of await collector.batches()) {
    const answer = await fetch(tracesUrl, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    }).catch((error: Error) => error);
    if (answer instanceof Error || !answer.ok) {
      process.stderr.write(`… ${tracesUrl} did not take the spans\n`);
      return;
    }
  }
}
