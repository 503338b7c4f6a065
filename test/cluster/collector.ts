// The OpenTelemetry Collector in the cluster's box: a real OTLP receiver, and what it understood, span by span.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { provideBinaries } from './binaries.ts';
import { type Cluster, readDescription } from './cluster.ts';
import { startComponent } from './components.ts';
import { waitFor } from './wait.ts';

const PORT = 4318;
const UP_MS = 15_000;
const NAME = 'collector';

type Value = string | number | boolean;

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, Value>>;
  /** Of the process that sent it. */
  readonly resource: Readonly<Record<string, Value>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly startNano: bigint;
  readonly endNano: bigint;
}

export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT, reached from pods and from the machine alike. */
  readonly endpoint: string;
  /** What it took so far, in OTLP's JSON form, a batch each. */
  batches(): Promise<readonly string[]>;
  /** Every span so far. */
  spans(): Promise<readonly Span[]>;
  /** The first span that matches; waits for it. `what` completes "waited … for". */
  until(match: (span: Span) => boolean, what: string, timeoutMs?: number): Promise<Span>;
}

/** Starts it, or finds the one that runs. */
export async function startCollector(
  cluster: Cluster,
  onProgress = (_line: string) => {},
): Promise<Collector> {
  const { collector: program } = await provideBinaries([NAME], onProgress);
  const { box } = await readDescription(cluster.folder);
  const address = new URL(cluster.server).hostname;
  // A box has its address to itself; the machine's loopback address is everybody's.
  const port = box === undefined ? await freePort(address) : PORT;
  const config = [
    `receivers: {otlp: {protocols: {http: {endpoint: "${address}:${port}"}}}}`,
    'exporters: {lines: {}}',
    'service: {telemetry: {metrics: {level: none}}, pipelines: {traces: {receivers: [otlp], exporters: [lines]}}}',
    // By its folder the keeper knows whose it is.
    `service: {telemetry: {resource: {folder: "${cluster.folder}"}}}`,
  ];
  const argv = [program, ...config.flatMap((yaml) => ['--config', `yaml:${yaml}`])];
  const component = await startComponent(
    { folder: cluster.folder, ...(box === undefined ? {} : { box }) },
    NAME,
    argv,
  );
  const endpoint = `http://${address}:${port}`;
  await waitFor({
    what: 'the collector to listen',
    timeoutMs: UP_MS,
    // An empty request is one that it takes.
    probe: () => post(`${endpoint}/v1/traces`, '{}'),
    evidence: component.log,
  });
  return collectorOf(cluster, endpoint);
}

/** The collector that another process has started. */
export function collectorOf(
  cluster: Cluster,
  endpoint = `http://${new URL(cluster.server).hostname}:${PORT}`,
): Collector {
  const log = join(cluster.folder, 'logs', `${NAME}.log`);
  const batches = async () => readBatches(await readFile(log, 'utf8'));
  const spans = async () => (await batches()).flatMap(readSpans);
  const until = async (match: (span: Span) => boolean, what: string, timeoutMs = 10_000) =>
    waitFor({ what, timeoutMs, probe: async () => (await spans()).find(match) });
  return { endpoint, batches, spans, until };
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function post(url: string, body: string): Promise<true | undefined> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
  return answer?.ok || undefined;
}

interface Pair {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: string;
    readonly boolValue?: boolean;
    readonly doubleValue?: number;
  };
}

interface Batch {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes?: readonly Pair[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly attributes?: readonly Pair[];
        readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
      }[];
    }[];
  }[];
}

/** Lines of OTLP JSON stand among the collector's own log. */
function readBatches(text: string): string[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').filter((line) => line.startsWith('{"resourceSpans"'));
}

function readSpans(batch: string): Span[] {
  return (JSON.parse(batch) as Batch).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        name: span.name,
        attributes: plain(span.attributes),
        resource: plain(resource.attributes),
        links: span.links ?? [],
        startNano: BigInt(span.startTimeUnixNano),
        endNano: BigInt(span.endTimeUnixNano),
      })),
    ),
  );
}

function plain(pairs: readonly Pair[] = []): Record<string, Value> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue),
    ]),
  );
}
