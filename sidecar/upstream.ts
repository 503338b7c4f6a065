// The API server as the sidecar knows it: an address, a CA, and kept-alive connections that are never shared between
// two client certificates.
import { Agent, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls';
import type { Presented } from './credential.ts';

/** Where the API server is and how its certificate is checked. */
export interface ApiServer {
  /** `https://host:port`, with a path prefix where the server stands behind one. */
  readonly url: URL;
  /** PEM bundle; without it the system's roots decide. */
  readonly ca?: string;
  /** The name expected in the certificate where it is not the host's (`tls-server-name` of a kubeconfig). */
  readonly serverName?: string;
}

/** What Node's own agents take of a connection, its types leave out. */
export type UpstreamOptions = RequestOptions & Pick<ConnectionOptions, 'secureContext'>;

export interface Upstream {
  /** The connection part of a request: where to, over which kept-alive connections, with which credential. */
  options(presented: Presented): UpstreamOptions;
  /** The same over a connection of its own, for a request that may switch protocols. */
  ownOptions(presented: Presented): UpstreamOptions;
  /** A canonical target as this server knows it. */
  pathOf(target: string): string;
  /** For the Host header. */
  readonly host: string;
  close(): void;
}

/** Idle connections close before the API server's own 90 s would close them under a new call. */
const IDLE_MS = 60_000;
const MAX_IDLE = 64;
/** Each has a connection of its own, about 80 KiB of the sidecar's memory; a large controller has some 500 watches. */
export const MAX_OPEN_CALLS = 768;
/** A connection that is not there by then will not come. */
export const CONNECT_TIMEOUT_MS = 10_000;

export function createUpstream(server: ApiServer): Upstream {
  const contextFor = createContexts(server.ca);
  const agent = new Agent({
    keepAlive: true,
    maxSockets: MAX_OPEN_CALLS,
    maxFreeSockets: MAX_IDLE,
    scheduling: 'lifo',
    timeout: IDLE_MS,
  });
  const own = new Agent();
  const hostname = server.url.hostname.replace(/^\[|\]$/g, '');
  const servername = server.serverName ?? (isIP(hostname) === 0 ? hostname : '');
  const prefix = server.url.pathname.replace(/\/+$/, '');
  const options = (presented: Presented): UpstreamOptions => ({
    agent,
    hostname,
    port: server.url.port || 443,
    servername,
    // A watch may be silent for longer than an idle connection is kept.
    timeout: 0,
    // Which of the kept-alive connections are its own goes by these.
    ...presented.clientCertificate,
    secureContext: contextFor(presented),
  });
  return {
    options,
    ownOptions: (presented) => ({ ...options(presented), agent: own }),
    pathOf: (target) => prefix + target,
    host: server.url.host,
    close: () => agent.destroy(),
  };
}

/** One for all connections that show the same: each would hold what it trusts again, some 20 KiB. */
function createContexts(ca: string | undefined): (presented: Presented) => SecureContext {
  let held: { readonly shown: Presented['clientCertificate']; readonly context: SecureContext } | undefined;
  return ({ clientCertificate: shown }) => {
    if (held === undefined || held.shown?.cert !== shown?.cert || held.shown?.key !== shown?.key)
      held = { shown, context: createSecureContext({ ca, minVersion: 'TLSv1.2', ...shown }) };
    return held.context;
  };
}
