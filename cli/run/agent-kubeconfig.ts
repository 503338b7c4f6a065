// The kubeconfig that the command gets: the sidecar's address, its CA and the caller's token, the last two in files that
// only this user can read. Nothing in it leads to the real credential.
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { stringify } from 'yaml';

export interface AgentAccess {
  readonly port: number;
  /** PEM of the root that the sidecar's loopback certificate chains to. */
  readonly ca: string;
  readonly token: string;
  /** The namespace that the person's context names. */
  readonly namespace: string;
}

export interface WrittenKubeconfig {
  readonly path: string;
  remove(): Promise<void>;
}

/** Writes a kubeconfig in a private temporary directory; `remove` takes the directory away. */
export async function writePrivateKubeconfig(access: AgentAccess): Promise<WrittenKubeconfig> {
  const directory = await mkdtemp(join(tmpdir(), 'chaperone-run-'));
  const path = join(directory, 'config');
  await writeKubeconfig(path, access);
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Writes a kubeconfig at a path of the person's choice, with `<name>.ca.crt` and `<name>.token` beside it. */
export async function writeKubeconfigAt(file: string, access: AgentAccess): Promise<WrittenKubeconfig> {
  const path = resolve(file);
  await mkdir(dirname(path), { recursive: true });
  const written = await writeKubeconfig(path, access);
  return {
    path,
    remove: async () => void (await Promise.all(written.map((name) => rm(name, { force: true })))),
  };
}

async function writeKubeconfig(path: string, { port, ca, token, namespace }: AgentAccess): Promise<string[]> {
  const caPath = `${path}.ca.crt`;
  const tokenPath = `${path}.token`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'chaperone',
        cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': basename(caPath) },
      },
    ],
    users: [{ name: 'agent', user: { tokenFile: basename(tokenPath) } }],
    contexts: [{ name: 'chaperone', context: { cluster: 'chaperone', user: 'agent', namespace } }],
    'current-context': 'chaperone',
  };
  await writeOwn(caPath, ca);
  await writeOwn(tokenPath, token);
  await writeOwn(path, stringify(config));
  return [path, caPath, tokenPath];
}

/** Readable by this user alone, and never half-written. */
async function writeOwn(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  await writeFile(fresh, text, { mode: 0o600 });
  await chmod(fresh, 0o600);
  await rename(fresh, path);
}
