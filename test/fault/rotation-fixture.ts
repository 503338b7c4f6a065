// What rotation is hurried and watched with: a controller whose certificates live for seconds, the roots' Secrets as a person edits
// them, what each replica shows, an agent that never rests.
import { readFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { build, type Plugin } from 'esbuild';
import type { RootKind } from '../../ca/profiles.ts';
import { ROOT_SECRETS } from '../../ca/root-store.ts';
import type { Root } from '../../ca/roots.ts';
import { connect } from '../../controller/kube/api.ts';
import { pathOf } from '../../controller/kube/paths.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ok } from '../cluster/pods.ts';
import { agentPod } from '../e2e/pod-fixture.ts';
import { SYSTEM } from '../install.ts';

/** A control root is published for as long before it signs as the longest of these (ca/profiles.ts). */
export const LIVES_MS = { identity: 12_000, serving: 18_000 };

/** The controller's bundle as build.ts makes it, but for two numbers of the table in ca/profiles.ts. */
export async function hurriedController(): Promise<Buffer> {
  const hurry: Plugin = {
    name: 'hurry',
    setup({ onLoad }) {
      onLoad({ filter: /\/ca\/profiles\.ts$/ }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const [profile, lifeMs] of Object.entries(LIVES_MS)) {
          const life = new RegExp(`(  ${profile}: \\{[^}]* lifetimeMs: )[^}]+`);
          if (!life.test(contents)) throw new Error(`ca/profiles.ts says no lifetime of ${profile}`);
          contents = contents.replace(life, `$1${lifeMs} `);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
  const js =
    "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
  const { outputFiles } = await build({
    entryPoints: ['controller/main.ts'],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'warning',
    banner: { js },
    plugins: [hurry],
    write: false,
  });
  return Buffer.from(outputFiles[0]?.contents ?? '');
}

/** A root as the keys of its Secret hold it. */
export const filesOf = ({ id, certPem, key }: Root) => ({
  [`${id}.crt`]: certPem,
  [`${id}.key`]: key.export({ type: 'pkcs8', format: 'pem' }) as string,
});

export interface RootSecret {
  /** Ids of those published, and of the one that signs. */
  read(): Promise<{ published: string[]; signing: string }>;
  /** Adds and removes roots, as `kubectl edit` would. */
  edit(add: readonly Root[], remove?: readonly string[]): Promise<void>;
  delete(): Promise<void>;
}

export function rootSecret(cluster: Cluster, kind: RootKind): RootSecret {
  const secret = ['secret', ROOT_SECRETS[kind], '-n', SYSTEM];
  return {
    async read() {
      const { data } = JSON.parse(await ok(cluster.kubectl(['get', ...secret, '-o', 'json']))) as {
        data: Record<string, string>;
      };
      const published = Object.keys(data).flatMap((key) => /^(.*)\.crt$/.exec(key)?.[1] ?? []);
      return { published, signing: Buffer.from(data.signing ?? '', 'base64').toString() };
    },
    async edit(add, remove = []) {
      const stringData = Object.assign({}, ...add.map(filesOf));
      const gone = remove.flatMap((id) => [`${id}.crt`, `${id}.key`]);
      const data = Object.fromEntries(gone.map((key) => [key, null]));
      const patch = JSON.stringify({ stringData, data });
      await ok(cluster.kubectl(['patch', ...secret, '--type=merge', '-p', patch]));
    },
    async delete() {
      await ok(cluster.kubectl(['delete', ...secret]));
    },
  };
}

/** The certificate that each replica shows to who connects now. */
export async function shownByReplicas(cluster: Cluster): Promise<PeerCertificate[]> {
  const pods = ['get', 'pods', '-n', SYSTEM, '-l', 'app.kubernetes.io/name=chaperone', '-o'];
  const addresses = await ok(cluster.kubectl([...pods, 'jsonpath={.items[*].status.podIP}']));
  return Promise.all(addresses.split(' ').map((host) => shownBy(host)));
}

function shownBy(host: string): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const options = { host, port: 8443, ALPNProtocols: ['h2'], rejectUnauthorized: false };
    const socket = connectTls(options, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Runs traffic.ts. */
export async function busyPod(namespace: string, shop: string): Promise<object> {
  const traffic = await readFile('test/fault/traffic.ts', 'utf8');
  const container = {
    name: 'agent',
    image: 'localhost/chaperone:test',
    imagePullPolicy: 'Never',
    command: ['/usr/local/bin/node', '--input-type=module-typescript', '-e', traffic],
    env: [{ name: 'SHOP', value: shop }],
    securityContext: { runAsUser: 1000 },
  };
  return agentPod(namespace, 'busy', { containers: [container] });
}

const CREATE_EVERY_MS = 100;

/** Creates pods in turn and without a trace: the webhooks answer a dry run as they do any other. */
export async function keepCreating(cluster: Cluster, namespace: string) {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(cluster.kubeconfig);
  const kube = await connect(kubeConfig);
  const path = pathOf('pods', { namespace, query: { dryRun: 'All' } });
  const failures: string[] = [];
  let created = 0;
  const over = new AbortController();
  const done = (async () => {
    for (; !over.signal.aborted; await after(CREATE_EVERY_MS)) {
      const outcome = await kube.call('POST', path, agentPod(namespace, 'dry')).catch(String);
      if (typeof outcome === 'object' && outcome.kind === 'done') created += 1;
      else failures.push(`${new Date().toISOString()} ${JSON.stringify(outcome)}`);
    }
  })();
  return {
    async stop() {
      over.abort();
      await done;
      return { created, failures };
    },
  };
}
