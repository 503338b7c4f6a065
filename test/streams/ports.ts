// Connections of a port-forward as a client of ours opens them: over SPDY, over SPDY in the messages of a WebSocket, and over the
// channels of a WebSocket with its ports in the query.
import type { Door } from '../adversarial/agent.ts';
import { heard } from './heard-port.ts';
import { type SpdyClient, spdyOver } from './spdy.ts';
import { tunnelOf } from './tunnel.ts';
import { type NotSwitched, upgrade } from './upgrade.ts';
import { BINARY, CLOSE, openWebSocket, TEXT, type WebSocketClient } from './websocket.ts';

export interface PortConnection {
  write(bytes: Buffer | string): void;
  /** The half-close, where there is one. */
  finish(): void;
  text(): string;
  until(pattern: RegExp): Promise<string>;
  /** What its error channel has said. */
  error(): string;
  /** Resolves when no more of it comes. */
  readonly finished: Promise<unknown>;
}

export interface Ports {
  readonly kind: 'ports';
  readonly protocol: string | undefined;
  connect(port: number): Promise<PortConnection>;
  readonly end: Promise<{ readonly atMs: number; readonly code?: number | undefined }>;
  /** Undefined where it is no SPDY. */
  readonly spdy: SpdyClient | undefined;
  close(): void;
}

export type PortsTransport = 'spdy' | 'tunnel' | 'v4.channel.k8s.io' | 'v4.base64.channel.k8s.io' | '';
export const PORTS_TRANSPORTS: readonly PortsTransport[] = [
  ...(['spdy', 'tunnel', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', ''] as const),
];

/** `ports`: needed where they stand in the query. */
export async function openPorts(
  door: Door,
  path: string,
  transport: PortsTransport,
  ports: readonly number[],
): Promise<Ports | NotSwitched> {
  if (transport === 'spdy') {
    const headers = {
      upgrade: 'SPDY/3.1',
      connection: 'Upgrade',
      'content-length': '0',
      'x-stream-protocol-version': 'portforward.k8s.io',
    };
    const answer = await upgrade(door, { method: 'POST', path, headers });
    if (answer.kind === 'not switched') return answer;
    const { socket } = answer;
    return overSpdy(spdyOver(socket), answer.headers['x-stream-protocol-version'], () => socket.destroy());
  }
  const isTunnel = transport === 'tunnel';
  const offered = isTunnel ? 'SPDY/3.1+portforward.k8s.io' : transport;
  const target = isTunnel ? path : `${path}?${ports.map((port) => `ports=${port}`).join('&')}`;
  const client = await openWebSocket(door, target, offered === '' ? [] : [offered]);
  if ('kind' in client) return client;
  if (!isTunnel) return overChannels(client, ports);
  return overSpdy(spdyOver(tunnelOf(client)), client.protocol, () => client.socket.destroy());
}

export async function mustOpenPorts(...asked: Parameters<typeof openPorts>): Promise<Ports> {
  const opened = await openPorts(...asked);
  if (opened.kind === 'ports') return opened;
  throw new Error(`no 101 but ${opened.status}: ${opened.body}`);
}

function overSpdy(spdy: SpdyClient, protocol: string | undefined, close: () => void): Ports {
  let requests = 0;
  return {
    kind: 'ports',
    protocol,
    spdy,
    close,
    end: spdy.end,
    async connect(port) {
      const headers = { port: `${port}`, requestID: `${requests++}` };
      const error = await spdy.open({ streamType: 'error', ...headers });
      error.finish();
      const data = await spdy.open({ streamType: 'data', ...headers });
      const { take, complained, looks } = heard();
      error.onData(complained);
      data.onData(take);
      return {
        write: (bytes) => data.write(bytes),
        finish: () => data.finish(),
        ...looks,
        finished: Promise.all([data.finished, error.finished]),
      };
    },
  };
}

/** A data and an error channel for each port, each of which first names its port in two bytes. */
function overChannels(client: WebSocketClient, ports: readonly number[]): Ports {
  const isBase64 = client.protocol?.includes('base64') ?? false;
  const connections = ports.map(() => ({ ...heard(), named: { data: false, error: false } }));
  client.onMessage(({ opcode, bytes }) => {
    if (opcode >= CLOSE || bytes.length === 0) return;
    const number = isBase64 ? Number.parseInt(String.fromCharCode(bytes[0] ?? 0), 36) : (bytes[0] ?? 0);
    const connection = connections[number >> 1];
    const data = isBase64 ? Buffer.from(bytes.toString('latin1', 1), 'base64') : bytes.subarray(1);
    const of = (number & 1) === 0 ? 'data' : 'error';
    if (connection === undefined) return;
    if (!connection.named[of]) connection.named[of] = true;
    else if (of === 'data') connection.take(data);
    else connection.complained(data);
  });
  return {
    kind: 'ports',
    protocol: client.protocol,
    spdy: undefined,
    end: client.end,
    close: () => client.socket.destroy(),
    async connect(port) {
      const at = ports.indexOf(port);
      const connection = connections[at];
      if (connection === undefined) throw new Error(`${port} was not asked for`);
      return {
        write(bytes) {
          const data = Buffer.from(bytes as Buffer);
          if (isBase64) client.send(TEXT, Buffer.from(`${2 * at}${data.toString('base64')}`));
          else client.send(BINARY, Buffer.concat([Buffer.of(2 * at), data]));
        },
        finish: () => {},
        ...connection.looks,
        finished: client.end,
      };
    },
  };
}
