// A request to switch protocols, sent as bytes of ours: the switched connection with what came early, or the answer that was no 101.
import { connect, type TLSSocket } from 'node:tls';
import type { Door } from '../adversarial/agent.ts';
import type { Json } from '../adversarial/answers.ts';
import { overhear, witness } from '../search/witness.ts';

export interface UpgradeAsk {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with the head, before an answer is there. */
  readonly early?: Buffer;
  /** Nothing comes behind that: our half of the connection ends. */
  readonly isLast?: boolean;
}

export interface Switched {
  readonly kind: 'switched';
  /** In small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** Paused; what came early is its first data. */
  readonly socket: TLSSocket;
}

export interface NotSwitched {
  readonly kind: 'not switched';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Until the other side closed the connection, which it must. */
  readonly body: string;
  json(): Json;
}

const CLOSED_WITHIN_MS = 20_000;
const SIDECAR = '127.0.0.1';

export async function upgrade(
  door: Door,
  { method = 'GET', path, headers, early, isLast = false }: UpgradeAsk,
) {
  const { host = SIDECAR, port, ca, token } = door;
  const socket = connect({ host, port, ca, ALPNProtocols: ['http/1.1'] });
  socket.on('error', () => {});
  if (host === SIDECAR) overhear(socket, witness(`h1 ${method} ${path}, switched`));
  const lines = Object.entries({ host: `${host}:${port}`, authorization: `Bearer ${token}`, ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(
    Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n`), early ?? Buffer.of()]),
  );
  if (isLast) socket.end();
  return answered(socket);
}

function answered(socket: TLSSocket): Promise<Switched | NotSwitched> {
  const { promise, resolve, reject } = Promise.withResolvers<Switched | NotSwitched>();
  const late = setTimeout(() => reject(new Error(`no end of: ${bytes.toString()}`)), CLOSED_WITHIN_MS);
  let bytes: Buffer = Buffer.of();
  const take = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end === -1 || !bytes.subarray(0, 13).equals(Buffer.from('HTTP/1.1 101 '))) return;
    clearTimeout(late);
    socket.off('data', take).off('close', closed).pause();
    if (bytes.length > end + 4) socket.unshift(bytes.subarray(end + 4));
    resolve({ kind: 'switched', headers: headersOf(bytes.toString('latin1', 0, end)), socket });
  };
  const closed = (): void => {
    clearTimeout(late);
    const end = bytes.indexOf('\r\n\r\n');
    const head = bytes.toString('latin1', 0, end === -1 ? undefined : end);
    const body = bytes.toString('utf8', end + 4);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
    resolve({ kind: 'not switched', status, headers: headersOf(head), body, json: () => JSON.parse(body) });
  };
  socket.on('data', take).on('close', closed);
  return promise;
}

function headersOf(head: string): Record<string, string> {
  const pairs = head
    .split('\r\n')
    .slice(1)
    .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
    .filter((found) => found !== null);
  return Object.fromEntries(pairs.map((found) => [String(found[1]).toLowerCase(), String(found[2])]));
}
