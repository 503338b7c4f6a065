import { describe, expect, it } from 'vitest';
import { readTelemetryEnvironment } from './environment.ts';

const valid = (environment: Record<string, string>) => {
  const outcome = readTelemetryEnvironment(environment);
  if (outcome.kind === 'invalid') throw new Error(outcome.message);
  return outcome.telemetry;
};

describe('readTelemetryEnvironment', () => {
  it('sends nothing anywhere unless it is told to', () => {
    const nothing = { tracesUrl: undefined, headers: {}, serviceName: undefined, resourceAttributes: {} };
    expect(valid({})).toEqual(nothing);
    expect(valid({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ', OTEL_SERVICE_NAME: '' })).toEqual(nothing);
  });

  it.each([
    ['http://collector:4318', 'http://collector:4318/v1/traces'],
    ['http://collector:4318/', 'http://collector:4318/v1/traces'],
    ['https://collector/otlp', 'https://collector/otlp/v1/traces'],
    ['https://collector/otlp/?tenant=a', 'https://collector/otlp/v1/traces?tenant=a'],
  ])('adds the path of traces to the general endpoint %s', (endpoint, url) => {
    expect(valid({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).tracesUrl).toBe(url);
  });

  it('takes the endpoint for traces as it is, and before the general one', () => {
    const both = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b/spans',
    };
    expect(valid(both).tracesUrl).toBe('http://b/spans');
  });

  it('joins headers, decoded, those for traces last', () => {
    const { headers } = valid({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%3D, x-tenant=a,',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-tenant=b',
    });
    expect(headers).toEqual({ authorization: 'Bearer a=', 'x-tenant': 'b' });
  });

  it('takes the service name from its own variable, else from the resource attributes', () => {
    const attributes = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,k8s.cluster.name=west' };
    expect(valid(attributes)).toMatchObject({
      serviceName: 'a',
      resourceAttributes: { 'k8s.cluster.name': 'west' },
    });
    expect(valid({ ...attributes, OTEL_SERVICE_NAME: 'b' }).serviceName).toBe('b');
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'not a url'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'file:///etc/passwd'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:S3CRET@collector'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'S3CRET'],
    ['OTEL_EXPORTER_OTLP_HEADERS', '=S3CRET'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=S3CRET%'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=S3CRET%0d%0ab:c'],
    ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'a b=S3CRET'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'http/protobuf'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'S3CRET'],
    ['OTEL_SERVICE_NAME', 'x'.repeat(8193)],
  ])('refuses %s=%s in one line that names it and repeats nothing of it', (variable, text) => {
    const outcome = readTelemetryEnvironment({ [variable]: text });
    expect(outcome).toMatchObject({ kind: 'invalid', variable });
    if (outcome.kind === 'valid') return;
    expect(outcome.message).toMatch(new RegExp(`^${variable} [^\\n]+$`));
    expect(outcome.message).not.toContain('S3CRET');
  });

  it('names the first of several', () => {
    const outcome = readTelemetryEnvironment({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'x',
    });
    expect(outcome).toMatchObject({ variable: 'OTEL_EXPORTER_OTLP_ENDPOINT' });
  });
});
