import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { UsageError } from '../usage-error.ts';
import { writeKubeconfigAt, writePrivateKubeconfig } from './agent-kubeconfig.ts';

const access = { port: 4711, ca: 'the CA', token: 'the token', namespace: 'shop' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

it('writes a kubeconfig that only this user can read, and takes it away', async () => {
  const { path, remove } = await writePrivateKubeconfig(access);
  expect(await modeOf(dirname(path))).toBe(0o700);
  for (const name of [path, `${path}.ca.crt`, `${path}.token`]) expect(await modeOf(name)).toBe(0o600);
  expect(parse(await readFile(path, 'utf8'))).toMatchObject({
    clusters: [{ cluster: { server: 'https://127.0.0.1:4711', 'certificate-authority': 'config.ca.crt' } }],
    users: [{ user: { tokenFile: 'config.token' } }],
    contexts: [{ context: { namespace: 'shop' } }],
  });
  expect(await readFile(`${path}.token`, 'utf8')).toBe('the token');
  await remove();
  await expect(stat(dirname(path))).rejects.toThrow('ENOENT');
});

it('writes it where it is asked to, over an empty file or one of its own', async () => {
  const path = join(folder, 'deep', 'agent.conf');
  await writeKubeconfigAt(path, access);
  const { remove } = await writeKubeconfigAt(path, { ...access, port: 4712 });
  expect(await readFile(path, 'utf8')).toContain(':4712');
  await remove();
  expect(await readdir(dirname(path))).toEqual([]);
  await writeFile(path, '', { mode: 0o644 });
  await writeKubeconfigAt(path, access);
  expect(await modeOf(path)).toBe(0o600);
});

it('never writes over a file that is not its own', async () => {
  const path = join(folder, 'config');
  await writeFile(path, 'apiVersion: v1\n');
  await expect(writeKubeconfigAt(path, access)).rejects.toThrow(UsageError);
  expect(await readdir(folder)).toEqual(['config']);
});

it('names the flag where it cannot write', async () => {
  await writeFile(join(folder, 'file'), '');
  const written = writeKubeconfigAt(join(folder, 'file', 'config'), access);
  await expect(written).rejects.toThrow(/^--kubeconfig-out: .* cannot be written: ENOTDIR$/);
});
