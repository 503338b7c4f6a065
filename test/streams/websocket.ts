// The frames of a WebSocket as a client of ours prints and reads them (RFC 6455), apart from what streams/ does.
import { createHash, randomBytes } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Door } from '../adversarial/agent.ts';
import { type NotSwitched, upgrade } from './upgrade.ts';

export interface Message {
  readonly opcode: number;
  readonly bytes: Buffer;
}

export interface WebSocketClient {
  /** Undefined: the server named none. */
  readonly protocol: string | undefined;
  readonly socket: TLSSocket;
  send(opcode: number, bytes: Buffer): void;
  /** Called with each message, and with each control frame, in order. */
  onMessage(take: (message: Message) => void): void;
  /** What its close frame said, undefined where none came; resolves when the connection has ended. */
  readonly end: Promise<{ readonly code: number | undefined; readonly atMs: number }>;
}

export const [TEXT, BINARY, CLOSE, PING, PONG] = [1, 2, 8, 9, 10] as const;

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A frame of a client; `mask` is random unless given. */
export function frame(opcode: number, bytes: Buffer, { isLast = true, mask = randomBytes(4) } = {}): Buffer {
  const first = Buffer.of((isLast ? 0x80 : 0) | opcode);
  const length =
    bytes.length < 126
      ? Buffer.of(0x80 | bytes.length)
      : bytes.length < 65_536
        ? Buffer.of(0x80 | 126, bytes.length >> 8, bytes.length & 0xff)
        : Buffer.concat([Buffer.of(0x80 | 127), lengthOf8(bytes.length)]);
  const masked = Buffer.from(bytes);
  for (let at = 0; at < masked.length; at += 1) masked[at] = (bytes[at] ?? 0) ^ (mask[at & 3] ?? 0);
  return Buffer.concat([first, length, mask, masked]);
}

export function lengthOf8(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

export async function openWebSocket(
  door: Door,
  path: string,
  protocols: readonly string[],
): Promise<WebSocketClient | NotSwitched> {
  const key = randomBytes(16).toString('base64');
  const headers = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
    ...(protocols.length > 0 && { 'sec-websocket-protocol': protocols.join(', ') }),
  };
  const answer = await upgrade(door, { path, headers });
  if (answer.kind === 'not switched') return answer;
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  if (answer.headers['sec-websocket-accept'] !== accept) throw new Error('another accept');
  // Where none was offered the API server's own answer has an empty one.
  return overSocket(answer.socket, answer.headers['sec-websocket-protocol'] || undefined);
}

function overSocket(socket: TLSSocket, protocol: string | undefined): WebSocketClient {
  let take: ((message: Message) => void) | undefined;
  let unread: Buffer = Buffer.of();
  let fragments: Message | undefined;
  let code: number | undefined;
  const { promise: end, resolve } = Promise.withResolvers<{ code: number | undefined; atMs: number }>();
  const client: WebSocketClient = {
    protocol,
    socket,
    send: (opcode, bytes) => void socket.write(frame(opcode, bytes)),
    onMessage(next) {
      take = next;
      socket.resume();
    },
    end,
  };
  const took = (isLast: boolean, opcode: number, bytes: Buffer): void => {
    if (opcode >= CLOSE) {
      if (opcode === CLOSE) {
        code = bytes.length >= 2 ? bytes.readUInt16BE(0) : 1005;
        client.send(CLOSE, bytes.subarray(0, 2));
        socket.end();
      }
      if (opcode === PING) client.send(PONG, bytes);
      take?.({ opcode, bytes });
      return;
    }
    fragments = {
      opcode: fragments?.opcode ?? opcode,
      bytes: Buffer.concat([fragments?.bytes ?? Buffer.of(), bytes]),
    };
    if (!isLast) return;
    take?.(fragments);
    fragments = undefined;
  };
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    for (let read = readFrame(unread); read !== undefined; read = readFrame(unread)) {
      unread = unread.subarray(read.size);
      took(read.isLast, read.opcode, read.bytes);
    }
  });
  socket.on('end', () => socket.end());
  socket.on('close', () => resolve({ code, atMs: performance.now() }));
  socket.pause();
  return client;
}

/** Of a server, which must not mask. Undefined: not whole yet. */
function readFrame(bytes: Buffer) {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  if ((first & 0x70) !== 0 || (second & 0x80) !== 0) throw new Error('a frame that no server may send');
  const head = second < 126 ? 2 : second === 126 ? 4 : 10;
  if (bytes.length < head) return undefined;
  const length =
    second < 126 ? second : second === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < head + length) return undefined;
  return {
    isLast: (first & 0x80) !== 0,
    opcode: first & 0xf,
    bytes: Buffer.from(bytes.subarray(head, head + length)),
    size: head + length,
  };
}
