// The least of a client that starting a cluster needs: one GET as the super-admin, on a connection that is kept.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { parse } from 'yaml';

/** A looked-for answer is looked for again; one that hangs must not hang us. */
const CALL_TIMEOUT_MS = 5_000;

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Api {
  /** Undefined while the API server does not answer at all. */
  get(path: string): Promise<Answer | undefined>;
  close(): void;
}

export async function connect(kubeconfig: string): Promise<Api> {
  const { clusters, users } = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const decode = (text: string) => Buffer.from(text, 'base64');
  const agent = new Agent({
    keepAlive: true,
    ca: decode(clusters[0].cluster['certificate-authority-data']),
    cert: decode(users[0].user['client-certificate-data']),
    key: decode(users[0].user['client-key-data']),
  });
  const get = (path: string) =>
    new Promise<Answer | undefined>((resolve) => {
      const call = request(new URL(path, clusters[0].cluster.server), { agent, timeout: CALL_TIMEOUT_MS });
      call.on('timeout', () => call.destroy());
      call.on('error', () => resolve(undefined));
      call.on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', () => resolve(undefined));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: `${Buffer.concat(pieces)}` }),
        );
      });
      call.end();
    });
  return { get, close: () => agent.destroy() };
}
