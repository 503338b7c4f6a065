// One TLS server for HTTP/1.1 and HTTP/2, with every size and wait bounded and its odd doors leading to the same handler:
// CONNECT, `Expect: 100-continue` and, on HTTP/1, an upgrade are calls like any other.
import type { ServerOptions, ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import { readEarly } from './early.ts';
import { MAX_HEAD_BYTES } from './head.ts';
import { linger } from './linger.ts';
import type { AgentRequest, AgentResponse, Certificate, Handle } from './listener.ts';

/** Imported, it would bring Node's WebSocket client along: 1.4 MiB, and 30 ms of every start. */
const http = process.getBuiltinModule('node:http');

/** What one connection may ask of the listener. */
export const BOUNDS = {
  headerBytes: MAX_HEAD_BYTES,
  /** A whole HTTP/1 request, head and body, must have arrived by then; the time a call is held or streams does not count. */
  requestTimeoutMs: 60_000,
  /** A TLS handshake, and the head of an HTTP/1 request. */
  headersTimeoutMs: 15_000,
  /** How often the two are looked at. */
  timeoutCheckMs: 5000,
  /** Go's client gives up an idle connection after 90 s; ours must not close first under its feet. */
  keepAliveMs: 120_000,
  /** Streams of one connection: client-go opens a watch a kind, several dozen in a large controller. */
  streams: 250,
  /** Frames and streams in error, after which an HTTP/2 connection is closed. */
  sessionErrors: 100,
} as const;

export type Bounds = { readonly [bound in keyof typeof BOUNDS]: number };

/** A server that is not listening yet. */
export function createServer(certificate: Certificate, handle: Handle, bounds: Bounds): Http2SecureServer {
  const http1Options: ServerOptions = {
    maxHeaderSize: bounds.headerBytes,
    requestTimeout: bounds.requestTimeoutMs,
    headersTimeout: bounds.headersTimeoutMs,
    connectionsCheckingInterval: bounds.timeoutCheckMs,
    keepAliveTimeout: bounds.keepAliveMs,
    insecureHTTPParser: false,
  };
  const server = createSecureServer({
    ...secureContext(certificate),
    allowHTTP1: true,
    handshakeTimeout: bounds.headersTimeoutMs,
    maxSessionInvalidFrames: bounds.sessionErrors,
    maxSessionRejectedStreams: bounds.sessionErrors,
    settings: {
      maxConcurrentStreams: bounds.streams,
      maxHeaderListSize: bounds.headerBytes,
      enableConnectProtocol: false,
    },
    http1Options,
  });
  // http2 leaves Nagle on for HTTP/1 clients: replies of several writes would stall 40 ms each.
  server.on('secureConnection', (socket) => socket.setNoDelay(true));
  const answering = countAnswers();
  const ordinary: Handle = (req, res) => {
    answering.begin(req, res);
    handle(req, res);
  };
  server.on('request', ordinary);
  server.on('checkContinue', ordinary);
  server.on('upgrade', (req: AgentRequest, socket: Socket, head: Buffer) => {
    // Two answers would be written into each other.
    if (answering.on(socket)) return void socket.destroy();
    return handle(req, responseOn(socket, req), readEarly(socket, head));
  });
  server.on('connect', (req: AgentRequest, target: Socket | Http2ServerResponse) => {
    handle(req, 'stream' in target ? target : responseOn(target, req));
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/** Not the post-quantum one: nobody can keep what passes on loopback, and its keys would take 8 KiB of each connection. */
const CURVES = 'X25519:P-256:P-384:P-521';

/** Whole each time: what a renewal leaves out goes back to Node's defaults. */
export function secureContext({ chain, key }: Certificate) {
  return { cert: chain, key, minVersion: 'TLSv1.2', ecdhCurve: CURVES } as const;
}

/** Which connections have an answer under way: with HTTP/1 a client may send its next request before that. */
function countAnswers() {
  const underWay = new WeakMap<object, number>();
  const add = (socket: object, count: number) => underWay.set(socket, (underWay.get(socket) ?? 0) + count);
  return {
    on: (socket: object): boolean => (underWay.get(socket) ?? 0) > 0,
    begin({ socket }: AgentRequest, res: AgentResponse): void {
      if ('stream' in res) return;
      add(socket, 1);
      res.once('close', () => add(socket, -1));
    },
  };
}

/** On HTTP/1 Node hands over the bare socket of a CONNECT or an upgrade; nothing may follow our answer on it. */
function responseOn(socket: Socket, req: AgentRequest): ServerResponse {
  const res = new http.ServerResponse(req as ConstructorParameters<typeof ServerResponse>[0]);
  socket.on('error', () => {});
  // Of Node's own listeners none is left that would go on with a long answer.
  socket.on('drain', () => res.emit('drain'));
  res.assignSocket(socket);
  res.shouldKeepAlive = false;
  res.on('finish', () => linger(socket, false));
  return res;
}
