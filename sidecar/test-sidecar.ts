// For tests of streams: a whole sidecar in this process between an agent that writes bytes as they are and an API server by TLS
// that does as the test says.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { factsOf, policyOf } from '../policy/fixtures.ts';
import type { Rule } from '../policy/kinds/rule.ts';
import { takeSnapshot } from '../policy/take-snapshot.ts';
import type { RecordingEvent, RecordingHeader } from '../streams/recording/recorded.ts';
import type { CallFacts } from '../telemetry/attributes.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createSpans } from '../telemetry/spans.ts';
import { createCallers } from './callers.ts';
import { createHeldEntitlements } from './held-entitlements.ts';
import { systemClock } from './monotonic.ts';
import type { Recording } from './recording.ts';
import { type SidecarParts, startSidecar } from './start.ts';
import { selfSigned } from './test-tls.ts';

export const execRule: Rule = {
  namespaces: ['shop'],
  apiGroups: [''],
  resources: ['pods/exec'],
  verbs: ['create'],
  resourceNames: ['web'],
  containers: ['app'],
  commands: [['sh']],
};

export const EXEC =
  '/api/v1/namespaces/shop/pods/web/exec?command=sh&container=app&stdin=true&stdout=true&stderr=true';
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
export const REAL_TOKEN = 'the-real-one';

export type Upgraded = (req: IncomingMessage, socket: Duplex) => void;

/** What was said of one stream to who keeps it. */
export interface Kept {
  readonly header: RecordingHeader;
  readonly events: RecordingEvent[];
  closed: boolean;
  fail(): void;
}

export interface TestSidecar extends AsyncDisposable {
  readonly port: number;
  readonly records: Record<string, unknown>[];
  readonly ended: CallFacts[];
  readonly kept: Kept[];
  /** The heads of what arrived at the API server. */
  readonly arrived: IncomingMessage[];
  entitle(rules: readonly Rule[], more?: object): void;
  stop(graceMs: number): Promise<void>;
  /** Sends a head, with the token unless given another, and what follows it. */
  ask(head: Ask): Promise<Asked>;
}

export interface Ask {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly string[];
  readonly token?: string;
  readonly early?: Uint8Array | string;
}

export interface Asked extends AsyncDisposable {
  readonly socket: TLSSocket;
  /** All that has come. */
  text(): string;
  /** What has come after the head. */
  body(): Buffer;
  readonly ended: Promise<unknown>;
}

export const WEBSOCKET = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${KEY}`,
];

const certificate = selfSigned();
const NO_TELEMETRY = { tracesUrl: undefined, headers: {}, serviceName: undefined, resourceAttributes: {} };

export async function startTestSidecar(
  upgraded: Upgraded,
  parts: Partial<SidecarParts> = {},
): Promise<TestSidecar> {
  const arrived: IncomingMessage[] = [];
  const server: Server = createServer({ cert: certificate.chain, key: certificate.key });
  server.on('request', (req, res) => {
    arrived.push(req);
    res.end();
  });
  server.on('upgrade', (req, socket) => {
    arrived.push(req);
    upgraded(
      req,
      socket.on('error', () => {}),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const held = createHeldEntitlements(systemClock);
  const callers = createCallers(systemClock.monotonicMs);
  const records: Record<string, unknown>[] = [];
  const ended: CallFacts[] = [];
  const kept: Kept[] = [];
  const log = createLogger({ component: 'test', level: 'error' });
  const sidecar = await startSidecar({
    clock: systemClock,
    callers,
    held,
    judgesWorkloads: false,
    counter: async () => ({ kind: 'spent' }),
    log,
    port: 0,
    certificate,
    credential: { present: async () => ({ kind: 'presented', bearer: REAL_TOKEN }) },
    apiServer: {
      url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`),
      ca: certificate.chain,
    },
    session: 'a pod',
    sentinelKey: Buffer.alloc(32, 7),
    records: { keep: async (line) => void records.push(JSON.parse(line)) },
    recordings: {
      async open(header) {
        const [recording, keeping] = inMemory(header);
        kept.push(keeping);
        return recording;
      },
    },
    spans: createSpans({ telemetry: NO_TELEMETRY, identity: { service: 'test' }, log }),
    onEnd: (facts) => ended.push(facts),
    ...parts,
  });
  const entitle: TestSidecar['entitle'] = (rules, more = {}) => {
    const policies = [policyOf({ standing: { lifetime: '8h', rules }, ...more })];
    held.take(takeSnapshot(factsOf({ policies })), systemClock.monotonicMs());
  };
  entitle([execRule]);
  const own = callers.issue('app', systemClock.monotonicMs());
  let stopping: Promise<void> | undefined;
  const stop = (graceMs: number): Promise<void> => (stopping ??= sidecar.stop(graceMs));
  return {
    port: sidecar.port,
    records,
    ended,
    kept,
    arrived,
    entitle,
    stop,
    ask: (ask) => asked(sidecar.port, { token: own, ...ask }),
    async [Symbol.asyncDispose]() {
      await stop(0);
      server.closeAllConnections();
      server.close();
    },
  };
}

async function asked(port: number, ask: Ask & { readonly token: string }): Promise<Asked> {
  const { method = 'GET', target = EXEC, headers = WEBSOCKET, token, early = '' } = ask;
  const options = { port, host: '127.0.0.1', ca: certificate.chain, servername: 'localhost' };
  const socket = connect({ ...options, ALPNProtocols: ['http/1.1'] });
  await once(socket, 'secureConnect');
  const heard: Buffer[] = [];
  const ended = once(socket, 'close');
  socket.on('error', () => {}).on('data', (chunk: Buffer) => heard.push(chunk));
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${token}`, ...headers];
  socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(early)]));
  const all = (): Buffer => Buffer.concat(heard);
  return {
    socket,
    ended,
    text: () => all().toString('latin1'),
    body: () => all().subarray(all().indexOf('\r\n\r\n') + 4),
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}

function inMemory(header: RecordingHeader): [Recording, Kept] {
  const failing = new AbortController();
  const kept: Kept = { header, events: [], closed: false, fail: () => failing.abort() };
  const recording: Recording = {
    write: (event) => void kept.events.push(event),
    held: 0,
    drained: async () => {},
    failed: failing.signal,
    async close() {
      kept.closed = true;
    },
  };
  return [recording, kept];
}
