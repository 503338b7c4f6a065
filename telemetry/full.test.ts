import { context, trace } from '@opentelemetry/api';
import { afterEach, expect, it } from 'vitest';
import { startFullTelemetry } from './full.ts';
import { createLogger } from './logger.ts';
import { startReceiver } from './test-receiver.ts';

const log = createLogger({ component: 'test', write: () => {} });

afterEach(() => {
  trace.disable();
  context.disable();
});

it('sends spans that code opens anywhere, nested as the code is, and nothing but spans', async () => {
  const receiver = await startReceiver();
  const full = startFullTelemetry({
    telemetry: receiver.telemetry,
    identity: { service: 'controller' },
    log,
  });
  await trace.getTracer('t').startActiveSpan('attest', async (outer) => {
    await Promise.resolve();
    trace.getTracer('t').startSpan('review').end();
    outer.end();
  });
  await full.shutdown();
  const [inner, outer] = receiver.spans;
  expect(receiver.spans.map((it) => it.name)).toEqual(['review', 'attest']);
  expect(inner?.parentSpanId).toBe(outer?.spanId);
  expect(outer?.resource).toEqual({ 'deployment.environment.name': 'unit', 'service.name': 'controller' });
  await receiver.close();
});

it('registers nothing where there is nowhere to send spans', async () => {
  const telemetry = { tracesUrl: undefined, headers: {}, serviceName: undefined, resourceAttributes: {} };
  const full = startFullTelemetry({ telemetry, identity: { service: 'controller' }, log });
  const span = trace.getTracer('t').startSpan('attest');
  expect(span.isRecording()).toBe(false);
  await full.shutdown();
});
