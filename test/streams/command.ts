// An exec or attach as a client of ours asks for it, by any protocol version over WebSocket and SPDY, and what is said in it.
import type { Socket } from 'node:net';
import type { Door } from '../adversarial/agent.ts';
import { CHANNELS, type CommandChannel, heard } from './heard-command.ts';
import { spdyOver } from './spdy.ts';
import { type NotSwitched, upgrade } from './upgrade.ts';
import { BINARY, CLOSE, openWebSocket, TEXT } from './websocket.ts';

export interface CommandAsk {
  /** Of the resource, `/api/v1/namespaces/…/pods/…/exec`. */
  readonly path: string;
  readonly query: string;
  readonly transport: 'websocket' | 'spdy';
  /** Offered, in this order. */
  readonly protocols: readonly string[];
  /** SPDY is asked for by POST unless given. */
  readonly method?: 'GET' | 'POST';
}

export interface Command {
  readonly kind: 'command';
  readonly protocol: string | undefined;
  send(channel: 'stdin' | 'resize', bytes: Buffer | string): void;
  /** The half-close: v5 and SPDY have one. */
  closeStdin(): void;
  /** Everything that has come on it so far. */
  bytes(channel: CommandChannel): Buffer;
  until(channel: CommandChannel, pattern: RegExp): Promise<string>;
  /** When the next bytes come on it, by the monotonic clock. */
  next(channel: CommandChannel): Promise<number>;
  /** Resolves when the connection has ended; `code`: of a close frame. */
  readonly end: Promise<{ readonly atMs: number; readonly code?: number | undefined }>;
  readonly socket: Socket;
}

export type Opened = Command | NotSwitched;

export function openCommand(door: Door, ask: CommandAsk): Promise<Opened> {
  return ask.transport === 'websocket' ? overWebSocket(door, ask) : overSpdy(door, ask);
}

/** The same of one that must be permitted. */
export async function mustOpen(door: Door, ask: CommandAsk): Promise<Command> {
  const opened = await openCommand(door, ask);
  if (opened.kind === 'command') return opened;
  throw new Error(`no 101 but ${opened.status}: ${opened.body}`);
}

async function overWebSocket(door: Door, { path, query, protocols }: CommandAsk): Promise<Opened> {
  const client = await openWebSocket(door, `${path}?${query}`, protocols);
  if ('kind' in client) return client;
  const { take, ...looks } = heard();
  const isBase64 = client.protocol?.includes('base64') ?? false;
  client.onMessage(({ opcode, bytes }) => {
    if (opcode >= CLOSE || bytes.length === 0) return;
    const number = isBase64 ? Number(String.fromCharCode(bytes[0] ?? 0)) : (bytes[0] ?? 0);
    const channel = CHANNELS[number];
    // The close signal of v5.
    if (channel === undefined) return;
    take(channel, isBase64 ? Buffer.from(bytes.toString('latin1', 1), 'base64') : bytes.subarray(1));
  });
  return {
    kind: 'command',
    protocol: client.protocol,
    ...looks,
    send(channel, bytes) {
      const number = CHANNELS.indexOf(channel);
      const data = Buffer.from(bytes as Buffer);
      if (isBase64) client.send(TEXT, Buffer.from(`${number}${data.toString('base64')}`));
      else client.send(BINARY, Buffer.concat([Buffer.of(number), data]));
    },
    closeStdin: () => client.send(BINARY, Buffer.of(255, 0)),
    end: client.end,
    socket: client.socket,
  };
}

async function overSpdy(
  door: Door,
  { path, query, protocols, method = 'POST' }: CommandAsk,
): Promise<Opened> {
  const versions = protocols.length === 0 ? {} : { 'x-stream-protocol-version': protocols.join(', ') };
  const headers = {
    upgrade: 'SPDY/3.1',
    connection: 'Upgrade',
    ...(method === 'POST' && { 'content-length': '0' }),
    ...versions,
  };
  const answer = await upgrade(door, { method, path: `${path}?${query}`, headers });
  if (answer.kind === 'not switched') return answer;
  const protocol = answer.headers['x-stream-protocol-version'];
  const asked = new URLSearchParams(query);
  const wants = (channel: string) => ['1', 'true'].includes(asked.get(channel) ?? '');
  const resizes = wants('tty') && /^v[34]\./.test(protocol ?? '');
  const { take, ...looks } = heard();
  const spdy = spdyOver(answer.socket);
  const channels = [
    'error' as const,
    ...(['stdin', 'stdout', 'stderr'] as const).filter(wants),
    ...(resizes ? (['resize'] as const) : []),
  ];
  const streams = new Map(
    await Promise.all(
      channels.map(async (channel) => [channel, await spdy.open({ streamType: channel })] as const),
    ),
  );
  for (const [channel, stream] of streams) stream.onData((bytes) => take(channel, bytes));
  // As client-go: what only the server says is finished on our side at once.
  for (const channel of ['error', 'stdout', 'stderr'] as const) streams.get(channel)?.finish();
  return {
    kind: 'command',
    protocol,
    ...looks,
    send: (channel, bytes) => streams.get(channel)?.write(bytes),
    closeStdin: () => streams.get('stdin')?.finish(),
    end: spdy.end,
    socket: answer.socket,
  };
}
