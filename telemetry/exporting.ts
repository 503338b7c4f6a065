// How finished spans leave the process: in batches, through a bounded queue, to one OTLP/HTTP receiver. Where that
// is slow or down, spans are dropped and nothing else happens; the log is told once, and once when it is over.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type SpanExporter,
  type SpanLimits,
} from '@opentelemetry/sdk-trace-node';
import { type Identity, resourceAttributes } from './attributes.ts';
import type { TelemetryEnvironment } from './environment.ts';
import type { Logger } from './logger.ts';

// Every call is a record: what an agent sends along must not decide whether there is one.
export const SAMPLER = new AlwaysOnSampler();

// A span is about 2 KiB: a full queue and the batch under way stay below 6 MiB.
export const MAX_QUEUED_SPANS = 2048;
export const MAX_BATCH_SPANS = 512;
// A person who watches sees a call a second later.
const BATCH_EVERY_MS = 1000;
// A receiver that takes longer is down: the queue must move on.
const EXPORT_TIMEOUT_MS = 5000;
// Within the 30 s that Kubernetes gives a pod to end, and well before them.
const SHUTDOWN_MS = 3000;

// Each number is given, so that none is taken from the environment behind our back.
export const SPAN_LIMITS: Required<SpanLimits> = {
  attributeCountLimit: 64,
  attributeValueLengthLimit: 1024,
  linkCountLimit: 1,
  eventCountLimit: 8,
  attributePerEventCountLimit: 8,
  attributePerLinkCountLimit: 8,
};

/** The processor that takes finished spans to `tracesUrl`. */
export function batching(
  tracesUrl: string,
  telemetry: TelemetryEnvironment,
  log: Logger,
): BatchSpanProcessor {
  const exporter = new OTLPTraceExporter({
    url: tracesUrl,
    headers: { ...telemetry.headers },
    timeoutMillis: EXPORT_TIMEOUT_MS,
    // At the end the whole queue goes out at once, beside the batch under way.
    concurrencyLimit: MAX_QUEUED_SPANS / MAX_BATCH_SPANS + 1,
    httpAgentOptions: { keepAlive: true },
  });
  return new BatchSpanProcessor(reporting(exporter, log), {
    maxQueueSize: MAX_QUEUED_SPANS,
    maxExportBatchSize: MAX_BATCH_SPANS,
    scheduledDelayMillis: BATCH_EVERY_MS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  });
}

export function resourceOf(
  identity: Identity,
  { resourceAttributes: given, serviceName }: TelemetryEnvironment,
) {
  const service = serviceName ?? identity.service;
  return resourceFromAttributes({ ...given, ...resourceAttributes({ ...identity, service }) });
}

/** Sends what is left, for 3 s at most; never rejects. */
export async function flushed(provider: { shutdown(): Promise<void> }): Promise<void> {
  const bound = Promise.withResolvers<void>();
  const timer = setTimeout(bound.resolve, SHUTDOWN_MS);
  // What went wrong was told by the exporter.
  await Promise.race([provider.shutdown().catch(() => {}), bound.promise]);
  clearTimeout(timer);
}

function reporting(exporter: SpanExporter, log: Logger): SpanExporter {
  let failing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined || result.code !== 0;
        if (failed && !failing) log.warn('spans are not reaching the collector', { error: result.error });
        if (!failed && failing) log.info('spans are reaching the collector again');
        failing = failed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}
