// The sidecar's door to OpenTelemetry, with no more of the SDK than a span needs: one span a call, always sampled,
// under the span of its command. With nowhere to send them there are no spans, and a call costs nothing.
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { type CallFacts, type Command, callAttributes, callName, type Identity } from './attributes.ts';
import { createCommands } from './commands.ts';
import type { TelemetryEnvironment } from './environment.ts';
import { batching, flushed, resourceOf, SAMPLER, SPAN_LIMITS } from './exporting.ts';
import type { Logger } from './logger.ts';
import { linkTo } from './traceparent.ts';

export interface CallStart extends Command {
  /** The client's header as it came; becomes a link. */
  readonly traceparent?: string | undefined;
}

/** One call under way. `end` counts once. */
export interface CallSpan {
  /** 32 and 16 hex digits, for the record; undefined where no spans are sent. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  end(facts: CallFacts): void;
}

export interface Spans {
  startCall(start: CallStart): CallSpan;
  /** Ends open commands and sends what is left, for 3 s at most; never rejects. */
  shutdown(): Promise<void>;
}

export interface SpansOptions {
  readonly telemetry: TelemetryEnvironment;
  readonly identity: Identity;
  readonly log: Logger;
}

const NO_SPAN: CallSpan = { traceId: undefined, spanId: undefined, end: () => {} };

export function createSpans({ telemetry, identity, log }: SpansOptions): Spans {
  if (telemetry.tracesUrl === undefined) return { startCall: () => NO_SPAN, shutdown: async () => {} };
  const provider = new BasicTracerProvider({
    resource: resourceOf(identity, telemetry),
    sampler: SAMPLER,
    spanLimits: SPAN_LIMITS,
    spanProcessors: [batching(telemetry.tracesUrl, telemetry, log)],
  });
  const tracer = provider.getTracer('chaperone');
  const commands = createCommands(tracer);
  let ending: Promise<void> | undefined;

  return {
    startCall(start) {
      const command = commands.begin(start);
      const links = linkTo(start.traceparent);
      const span = tracer.startSpan('call', { kind: SpanKind.SERVER, links }, command.parent);
      let ended = false;
      return {
        traceId: span.spanContext().traceId,
        spanId: span.spanContext().spanId,
        end(facts) {
          if (ended) return;
          ended = true;
          span.updateName(callName(facts));
          span.setAttributes(callAttributes({ ...facts, command: start.command, caller: start.caller }));
          // A refusal is an answer; only a failure is an error (semantic conventions for HTTP server spans).
          if ((facts.status ?? 0) >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
          // The API hides when it ended; the SDK's span is a ReadableSpan too, sampled as all are.
          command.ended((span as typeof span & ReadableSpan).endTime);
        },
      };
    },
    shutdown() {
      commands.close();
      ending ??= flushed(provider);
      return ending;
    },
  };
}
