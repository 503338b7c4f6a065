// The controller's and the cli's door: OpenTelemetry's whole SDK for Node, so that their code can open spans from
// anywhere (`trace.getTracer`). Kept out of the sidecar, where it would cost 30 MiB. Spans only: no metrics, no logs.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { batching, flushed, resourceOf, SAMPLER, SPAN_LIMITS } from './exporting.ts';
import type { SpansOptions } from './spans.ts';

export interface FullTelemetry {
  /** Sends what is left, for 3 s at most; never rejects. */
  shutdown(): Promise<void>;
}

/** Registers the global tracer provider and context manager; with nowhere to send spans, registers nothing. */
export function startFullTelemetry({ telemetry, identity, log }: SpansOptions): FullTelemetry {
  if (telemetry.tracesUrl === undefined) return { shutdown: async () => {} };
  const sdk = new NodeSDK({
    resource: resourceOf(identity, telemetry),
    // The environment is read in environment.ts and nowhere else.
    autoDetectResources: false,
    sampler: SAMPLER,
    spanLimits: SPAN_LIMITS,
    spanProcessors: [batching(telemetry.tracesUrl, telemetry, log)],
    metricReaders: [],
    logRecordProcessors: [],
    textMapPropagator: null,
    instrumentations: [],
  });
  sdk.start();
  return { shutdown: () => flushed(sdk) };
}
