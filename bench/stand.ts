// One sidecar in its pod, and around it, in the pod's network namespace: the stub in the place of the API server, a bare proxy
// and nginx to compare with, and the load generator. All meet on loopback; the sidecar itself is as the kubelet started it.
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../test/cluster/cluster.ts';
import { must } from '../test/cluster/run.ts';
import { findNginx, nginxCommand } from './nginx.ts';
import { environmentOf } from './process.ts';
import { beside, type ProgramName, type Running, startUntil } from './programs.ts';
import { SPANS_PORT } from './stage.ts';

const SIDECAR_URL = 'https://127.0.0.1:15443';
const PROXY_PORT = 15_500;

/** What a load goes through, or `direct`, which has no process of its own. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
  readonly pid?: number;
  /** From its start until it serves, where we started it. */
  readonly readyMs?: number;
}

export interface Stand {
  /** The sidecar's process. */
  readonly pid: number;
  readonly direct: Subject;
  readonly sidecar: Subject;
  /** Puts the stub in the API server's place; disposing gives it back. */
  stub(): Promise<AsyncDisposable>;
  bare(): Promise<Subject & AsyncDisposable>;
  /** Undefined where this machine has none. */
  nginx(): Promise<(Subject & AsyncDisposable) | undefined>;
}

export interface StandParts {
  readonly cluster: Cluster;
  readonly programs: Readonly<Record<ProgramName, string>>;
  readonly folder: string;
  readonly name: string;
  readonly pid: number;
}

export async function openStand({ cluster, programs, folder, name, pid }: StandParts): Promise<Stand> {
  const home = join(folder, name);
  await mkdir(home);
  const inPod = (path: string): string => `/proc/${pid}/root/var/run/chaperone/${path}`;
  const take = async (path: string, as: string): Promise<string> => {
    await copyFile(inPod(path), join(home, as));
    return join(home, as);
  };
  // The compared proxies show the sidecar's own certificate: every handshake costs the same.
  const certificate = await take('identity/loopback.crt', 'loopback.crt');
  const key = await take('identity/loopback.key', 'loopback.key');
  const ca = join(cluster.folder, 'pki/ca.crt');
  const loopbackRoot = await readFile(inPod('callers/agent/ca.crt'), 'utf8');
  const credential = (await readFile(inPod('credential/token'), 'utf8')).trim();
  const { CHAPERONE_API_SERVER: upstream = '' } = await environmentOf(pid);

  const node = (program: string, ...args: readonly string[]): Promise<Running> =>
    startUntil(beside(pid, [process.execPath, program, ...args]), /^ready$/m);
  const proxy = (of: string, { pid, readyMs, ...running }: Running): Subject & AsyncDisposable => ({
    name: of,
    url: `https://127.0.0.1:${PROXY_PORT + (of === 'bare' ? 0 : 1)}`,
    ca: loopbackRoot,
    token: credential,
    pid,
    readyMs,
    [Symbol.asyncDispose]: running[Symbol.asyncDispose],
  });

  return {
    pid,
    direct: { name: 'direct', url: upstream, ca: cluster.ca, token: credential },
    sidecar: {
      name,
      url: SIDECAR_URL,
      ca: loopbackRoot,
      token: await readFile(inPod('callers/agent/token'), 'utf8'),
      pid,
    },
    async stub() {
      const { hostname, port } = new URL(upstream);
      const address = (verb: string) => beside(pid, ['ip', 'address', verb, `${hostname}/32`, 'dev', 'lo']);
      const own = ['apiserver.crt', 'apiserver.key'].map((file) => join(cluster.folder, 'pki', file));
      await must(address('add'));
      const running = await node(programs.upstream, hostname, port || '443', `${SPANS_PORT}`, ...own);
      return {
        async [Symbol.asyncDispose]() {
          // First the process: what is left of its connections ends before the address leads elsewhere.
          await running[Symbol.asyncDispose]();
          await must(address('delete'));
        },
      };
    },
    async bare() {
      return proxy('bare', await node(programs.bare, `${PROXY_PORT}`, upstream, ca, certificate, key));
    },
    async nginx() {
      const program = await findNginx();
      if (program === undefined) return undefined;
      const files = { ca, certificate, key };
      const command = await nginxCommand(program, home, PROXY_PORT + 1, upstream, files);
      return proxy('nginx', await startUntil(beside(pid, command), /using the "epoll"/));
    },
  };
}
