// The door: one port on both loopback addresses, a bounded number of connections, and an orderly end.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  Http2SecureServer,
  Http2ServerRequest,
  Http2ServerResponse,
  ServerHttp2Session,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Early } from './early.ts';
import { BOUNDS, type Bounds, createServer, secureContext } from './server.ts';

export type AgentRequest = IncomingMessage | Http2ServerRequest;
export type AgentResponse = ServerResponse | Http2ServerResponse;

/**
 * Takes one call to its end. Never throws: what goes wrong in a call ends that call alone. `early`: the connection of a call that
 * came with an upgrade, on which `res` answers it unless protocols are switched.
 */
export type Handle = (req: AgentRequest, res: AgentResponse, early?: Early) => void;

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

/** Connections of one pod's containers. */
const MAX_CONNECTIONS = 1024;

/** Its HTTP/1 connections; Node has this on both kinds of server, its types on one. */
function closeIdle(server: object): void {
  (server as { closeIdleConnections(): void }).closeIdleConnections();
}

/** Listens on 127.0.0.1 and, where the machine has it, ::1, at the same port (0: one the system chooses). */
export async function listen(
  certificate: Certificate,
  handle: Handle,
  port: number,
  bounds: Bounds = BOUNDS,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const servers: Http2SecureServer[] = [];
  let draining = false;

  const take: Handle = (req, res, early) => {
    // An HTTP/1 connection that was busy when the drain began is idle once its call has ended.
    res.once('close', () => {
      if (draining) for (const server of servers) closeIdle(server);
    });
    handle(req, res, early);
  };

  const open = async (host: string, at: number): Promise<Http2SecureServer> => {
    const server = createServer(certificate, take, bounds);
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
      for (const server of servers) server.setSecureContext(secureContext(next));
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
