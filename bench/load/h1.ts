// GETs over HTTP/1.1: on kept connections, or each on a new one with a whole handshake.
import { Agent, request } from 'node:https';
import type { Job } from './job.ts';

export interface Got {
  readonly status: number;
  readonly bytes: number;
  /** How the body began. */
  readonly start: string;
}

/** Enough to read what a refusal says. */
const START_BYTES = 400;

/** Counts a body, and keeps its start. */
export function bodyOf(status: number): { take(chunk: Buffer): void; readonly got: Got } {
  let bytes = 0;
  let first: Buffer | undefined;
  return {
    take(chunk) {
      first ??= chunk;
      bytes += chunk.length;
    },
    get got() {
      return { status, bytes, start: first?.toString('utf8', 0, START_BYTES) ?? '' };
    },
  };
}

/** One client with as many connections as the load has. `onBytes` hears a body as it comes. */
export type Client = (onBytes?: (chunk: Buffer) => void) => Promise<Got>;

export function h1Client({ load, url, ca, token }: Job): Client {
  const { hostname, port } = new URL(url);
  const agent = new Agent(
    load.fresh === true
      ? { ca, keepAlive: false, maxCachedSessions: 0 }
      : { ca, keepAlive: true, maxSockets: load.connections, maxFreeSockets: load.connections },
  );
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const options = { agent, hostname, port: port || 443, servername: '', path: load.path, headers };
  return (onBytes) =>
    new Promise((resolve, reject) => {
      const call = request(options, (answer) => {
        const body = bodyOf(answer.statusCode ?? 0);
        answer.on('data', (chunk: Buffer) => {
          body.take(chunk);
          onBytes?.(chunk);
        });
        answer.on('end', () => resolve(body.got));
        answer.on('error', reject);
      });
      call.on('error', reject);
      call.end();
    });
}
