// What an agent can do at its sidecar's door, also what no client library would: ordinary and streamed calls over HTTP/1.1
// and HTTP/2, and bytes as they are.
import { type ClientHttp2Session, connect as connectH2, type OutgoingHttpHeaders } from 'node:http2';
import { Agent as HttpsAgent, request } from 'node:https';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { hear, hearSession } from '../search/heard.ts';
import { overhear, witness } from '../search/witness.ts';
import { type Answered, followed, type Json, type Streamed } from './answers.ts';

export type Protocol = 'h1' | 'h2';
export const PROTOCOLS: readonly Protocol[] = ['h1', 'h2'];

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Undefined: the agent's own; null: none. */
  readonly token?: string | null;
  /** The seeds that a permit reveals in the answer, and that no other answer may hold (test/search/). */
  readonly reveals?: readonly string[];
}

export interface Agent {
  readonly port: number;
  readonly token: string;
  call(protocol: Protocol, ask: Ask): Promise<Answered>;
  stream(protocol: Protocol, ask: Ask): Promise<Streamed>;
  /** Writes bytes to a connection of its own and gives what comes back until the other side closes it, or `until` is met. */
  raw(bytes: string | Buffer, until?: RegExp): Promise<string>;
  /** An open TLS connection, HTTP/1.1. */
  connect(): Promise<TLSSocket>;
  /** A session of its own. */
  session(): ClientHttp2Session;
  close(): void;
}

/** As long as a machine under a full suite may take. */
const CLOSED_WITHIN_MS = 20_000;

/** Where an agent calls: its sidecar, or what stands at another address, to be compared with it and not searched. */
export interface Door {
  readonly host?: string;
  readonly port: number;
  readonly ca: string;
  readonly token: string;
}

const SIDECAR = '127.0.0.1';

export function agentOf({ host = SIDECAR, port, ca, token }: Door): Agent {
  const https = new HttpsAgent({ ca, keepAlive: true });
  const sessions = new Set<ClientHttp2Session>();
  const isSearched = host === SIDECAR;
  const labelOf = (protocol: Protocol, { method = 'GET', path }: Ask) => `${protocol} ${method} ${path}`;
  const open = (): ClientHttp2Session => {
    const opened = connectH2(`https://${host}:${port}`, { ca });
    opened.on('error', () => {});
    sessions.add(opened);
    return opened.on('close', () => sessions.delete(opened));
  };
  const session = () => (isSearched ? hearSession(open()) : open());
  let shared: ClientHttp2Session | undefined;
  const sharedSession = (): ClientHttp2Session => {
    if (shared === undefined || shared.closed || shared.destroyed) shared = open();
    return shared;
  };
  const headersOf = (ask: Ask): OutgoingHttpHeaders => ({
    ...(ask.token === null ? {} : { authorization: `Bearer ${ask.token ?? token}` }),
    ...ask.headers,
  });

  const overH1 = (ask: Ask): Promise<Streamed> =>
    new Promise((resolve, reject) => {
      const { method = 'GET', path, body } = ask;
      // Node leaves the body of a DELETE unframed.
      const framing = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const headers = { ...framing, ...headersOf(ask) };
      const req = request({ agent: https, host, port, method, path, headers });
      req.on('error', reject);
      req.on('response', (res) => {
        if (isSearched) hear(res, labelOf('h1', ask), ask.reveals);
        const head = { status: res.statusCode ?? 0, headers: res.headers };
        resolve(
          followed(
            res,
            head,
            () => res.complete,
            () => req.destroy(),
          ),
        );
      });
      req.end(body);
    });

  const overH2 = (ask: Ask): Promise<Streamed> =>
    new Promise((resolve, reject) => {
      const { method = 'GET', path, body } = ask;
      const stream = sharedSession().request(
        { ':method': method, ':path': path, ...headersOf(ask) },
        { endStream: false },
      );
      if (isSearched) hear(stream, labelOf('h2', ask), ask.reveals);
      stream.on('error', reject);
      stream.on('response', (headers) => {
        const head = { status: Number(headers[':status']), headers: headers as Answered['headers'] };
        resolve(
          followed(
            stream,
            head,
            () => stream.rstCode === 0 && stream.readableEnded,
            () => stream.close(8),
          ),
        );
      });
      stream.end(body);
    });

  const stream = (protocol: Protocol, ask: Ask) => (protocol === 'h1' ? overH1(ask) : overH2(ask));
  const connect = (): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ host, port, ca, ALPNProtocols: ['http/1.1'] });
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.off('error', reject).on('error', () => {});
        if (isSearched) overhear(socket, witness('h1, a connection of its own'));
        resolve(socket);
      });
    });

  return {
    port,
    token,
    stream,
    connect,
    session,
    async call(protocol, ask) {
      const streamed = await stream(protocol, ask);
      const { how } = await streamed.end;
      if (how !== 'complete') throw new Error(`the answer ${streamed.status} was broken off`);
      const body = Buffer.from(streamed.text(), 'latin1');
      const { status, headers } = streamed;
      return { status, headers, body, json: () => JSON.parse(body.toString('utf8')) as Json };
    },
    async raw(bytes, until) {
      const socket = await connect();
      let text = '';
      return new Promise((resolve, reject) => {
        const done = (): void => {
          clearTimeout(late);
          socket.destroy();
          resolve(text);
        };
        const late = setTimeout(
          () => reject(new Error(`the connection stays open after: ${text}`)),
          CLOSED_WITHIN_MS,
        );
        socket.on('data', (chunk) => {
          text += chunk.toString('latin1');
          if (until?.test(text)) done();
        });
        socket.on('close', done);
        socket.write(bytes);
      });
    },
    close() {
      https.destroy();
      for (const open of sessions) open.destroy();
    },
  };
}
