// The kubeconfig that the command gets: the sidecar's address, its CA and the caller's token, the last two in files beside
// it, all readable by this user alone. Nothing in it leads to the real credential.
import { mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { UsageError } from '../usage-error.ts';

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

/** By its first line a file of ours is known, so that no other is ever replaced. */
const MARK = '# Written by chaperone run, and removed when it ends.\n';

/** Writes a kubeconfig in a private temporary directory; `remove` takes the directory away. */
export async function writePrivateKubeconfig(access: AgentAccess): Promise<WrittenKubeconfig> {
  const directory = await mkdtemp(join(tmpdir(), 'chaperone-run-'));
  const path = join(directory, 'config');
  await writeAll(path, access);
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}

/**
 * Writes a kubeconfig at a path of the person's choice, with `<name>.ca.crt` and `<name>.token` beside it. Throws
 * UsageError where it cannot, or where a file that is not ours is already there.
 */
export async function writeKubeconfigAt(file: string, access: AgentAccess): Promise<WrittenKubeconfig> {
  const path = resolve(file);
  try {
    if (!(await isOursOrEmpty(path)))
      throw new UsageError(`--kubeconfig-out: ${file} is there already and not ours to replace`);
    await mkdir(dirname(path), { recursive: true });
    const written = await writeAll(path, access);
    const remove = async (): Promise<void> => {
      await Promise.all(written.map((name) => rm(name, { force: true })));
    };
    return { path, remove };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--kubeconfig-out: ${file} cannot be written: ${code ?? 'unknown'}`);
  }
}

async function isOursOrEmpty(path: string): Promise<boolean> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return true;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MARK.length), 0, MARK.length, 0);
    return bytesRead === 0 || buffer.toString('utf8', 0, bytesRead) === MARK;
  } finally {
    await file.close();
  }
}

async function writeAll(path: string, { port, ca, token, namespace }: AgentAccess): Promise<string[]> {
  const caPath = `${path}.ca.crt`;
  const tokenPath = `${path}.token`;
  const server = `https://127.0.0.1:${port}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'chaperone', cluster: { server, 'certificate-authority': basename(caPath) } }],
    users: [{ name: 'agent', user: { tokenFile: basename(tokenPath) } }],
    contexts: [{ name: 'chaperone', context: { cluster: 'chaperone', user: 'agent', namespace } }],
    'current-context': 'chaperone',
  };
  await writeOwn(caPath, ca);
  await writeOwn(tokenPath, token);
  await writeOwn(path, `${MARK}${stringify(config)}`);
  return [path, caPath, tokenPath];
}

/** Readable by this user alone, and never half-written. */
async function writeOwn(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, text, { mode: 0o600, flag: 'wx' });
  await rename(fresh, path);
}
