// The door: TLS on both loopback addresses, HTTP/1.1 and HTTP/2 on one port, with every size and wait bounded.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerHttp2Session } from 'node:http2';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { Socket } from 'node:net';

export type AgentRequest = IncomingMessage | Http2ServerRequest;
export type AgentResponse = ServerResponse | Http2ServerResponse;

/** Takes one call to its end. Never throws: what goes wrong in a call ends that call alone. */
export type Handle = (req: AgentRequest, res: AgentResponse) => void;

export interface Certificate {
  /** PEM: the leaf and what leads to the root that the agent's CA file holds. */
  readonly chain: string;
  readonly key: string;
}

export interface Listener {
  readonly port: number;
  /** Serves new connections with another certificate; open ones go on. */
  renew(certificate: Certificate): void;
  /** Takes no new connection or call, waits for open calls at most `graceMs`, then ends what is left. */
  drain(graceMs: number): Promise<void>;
}

/** The same for every pod; not 8001 or 8080, to which the JavaScript client would speak plain HTTP. */
export const SIDECAR_PORT = 15443;

/** A long User-Agent, a 9 kB URL and a token fit many times over. */
const MAX_HEADER_BYTES = 64 * 1024;
/** A whole request, head and body, must have arrived by then; the time a call is held or streams does not count. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 15_000;
/** Go's client gives up an idle connection after 90 s; ours must not close first under its feet. */
const KEEP_ALIVE_MS = 120_000;
/** Streams of one connection: client-go opens a watch a kind, several dozen in a large controller. */
const MAX_STREAMS = 250;
/** Connections of one pod's containers. */
const MAX_CONNECTIONS = 1024;

/**
 * Listens on 127.0.0.1 and, where the machine has it, ::1, at the same port (0: one the system chooses).
 *
 * CONNECT is refused on both protocols. An `Upgrade` header reaches `handle` as an ordinary request, to be refused there.
 */
export async function listen(certificate: Certificate, handle: Handle, port: number): Promise<Listener> {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const servers: Http2SecureServer[] = [];
  let draining = false;

  const open = async (host: string, at: number): Promise<Http2SecureServer> => {
    const server = createServer(certificate, handle);
    server.on('connection', (socket: Socket) => {
      if (draining || sockets.size >= MAX_CONNECTIONS) return socket.destroy();
      sockets.add(socket);
      return socket.once('close', () => sockets.delete(socket));
    });
    server.on('session', (session) => {
      sessions.add(session);
      session.once('close', () => sessions.delete(session));
      session.on('error', () => session.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port: at, ipv6Only: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    servers.push(server);
    return server;
  };

  const first = await open('127.0.0.1', port);
  const address = first.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  await open('::1', bound).catch((error: NodeJS.ErrnoException) => {
    // A node without IPv6 has no ::1 to listen on; anything else (the port is taken) is a fault.
    if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error;
  });

  return {
    port: bound,
    renew(next) {
      for (const server of servers) server.setSecureContext({ cert: next.chain, key: next.key });
    },
    async drain(graceMs) {
      draining = true;
      const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      for (const session of sessions) session.close();
      const hard = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await Promise.all(closed);
      clearTimeout(hard);
    },
  };
}

function createServer(certificate: Certificate, handle: Handle): Http2SecureServer {
  const server = createSecureServer({
    allowHTTP1: true,
    cert: certificate.chain,
    key: certificate.key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: HEADERS_TIMEOUT_MS,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: MAX_HEADER_BYTES,
      enableConnectProtocol: false,
    },
    http1Options: { keepAliveTimeout: KEEP_ALIVE_MS },
    ...{ maxHeaderSize: MAX_HEADER_BYTES, insecureHTTPParser: false },
  });
  Object.assign(server, {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  // http2 leaves Nagle on for HTTP/1 clients: replies of several writes would stall 40 ms each.
  server.on('secureConnection', (socket) => socket.setNoDelay(true));
  server.on('request', handle);
  server.on('checkContinue', handle);
  server.on('connect', (_req: unknown, target: Socket | Http2ServerResponse) => refuseConnect(target));
  server.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function refuseConnect(target: Socket | Http2ServerResponse): void {
  if ('stream' in target) {
    target.statusCode = 405;
    target.end();
  } else if ('end' in target) {
    (target as Socket).end(
      'HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
  }
}
