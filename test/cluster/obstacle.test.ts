// What a person reads who lacks something: one line, with the ways out, and never a stack.
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findAll } from './executable.ts';
import { checkHost } from './host.ts';
import { type Outcome, run } from './run.ts';

const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaperone-obstacle-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** `npm run cluster`, with an empty cache. */
function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const argv = [process.execPath, join(import.meta.dirname, 'main.ts'), ...args];
  const { KUBEBUILDER_ASSETS: _assets, ...ambient } = process.env;
  return run(argv, { env: { ...ambient, CHAPERONE_CACHE: join(folder, 'cache'), ...env } });
}

/** A folder for PATH that has these programs of the machine and, by the scripts, others. */
async function pathWith(name: string, programs: readonly string[], scripts: Record<string, string> = {}) {
  const path = join(folder, name);
  await mkdir(path);
  for (const program of programs) await symlink((await findAll(program))[0] ?? '', join(path, program));
  for (const [script, text] of Object.entries(scripts)) {
    await writeFile(join(path, script), `#!/bin/sh\n${text}\n`);
    await chmod(join(path, script), 0o755);
  }
  return path;
}

function expectOneLine({ code, stdout, stderr }: Outcome, ...parts: readonly RegExp[]): void {
  expect({ code, stdout }).toEqual({ code: EX_UNAVAILABLE, stdout: '' });
  const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('building '));
  expect(said).toHaveLength(1);
  for (const part of [...parts, /Ways? out: /]) expect(said[0]).toMatch(part);
}

test('no Go and nothing built', async () => {
  const PATH = await pathWith('without-go', []);
  expectOneLine(
    await main(['--control-plane'], { PATH }),
    /there is no Go here/,
    /https:\/\/go\.dev\/dl/,
    /CHAPERONE_CACHE/,
  );
});

test('a Go that cannot fetch the toolchain it needs', async () => {
  const PATH = await pathWith('old-go', [], { go: 'echo go1.19.8' });
  expectOneLine(await main(['--control-plane'], { PATH }), /The Go here \(go1\.19\.8\) is too old/);
});

test('modules that cannot be downloaded', async () => {
  const env = { GOPROXY: 'off', GOMODCACHE: join(folder, 'modules') };
  expectOneLine(await main(['--control-plane'], env), /Go could not build etcd: .*GOPROXY=off/);
});

test('no runc', async () => {
  const programs = ['iptables', 'ip', 'mount', 'unshare', 'nsenter', 'setpriv'];
  const PATH = await pathWith('without-runc', programs);
  expectOneLine(
    await main([], { PATH }),
    /cannot host a node: runc not found in PATH/,
    /apt-get install runc/,
  );
});

test('no namespaces', async () => {
  const programs = ['runc', 'iptables', 'ip', 'mount', 'nsenter', 'setpriv'];
  const refused = { unshare: 'echo "unshare failed: Operation not permitted" >&2; exit 1' };
  const PATH = await pathWith('without-namespaces', programs, refused);
  expectOneLine(await main([], { PATH }), /gives no namespaces \(unshare failed: Operation not permitted\)/);
});

test('not root', async () => {
  const getuid = vi.spyOn(process, 'getuid').mockReturnValue(1000);
  await expect(checkHost()).rejects.toThrow(/cannot host a node: you are not root.*--control-plane/);
  getuid.mockRestore();
});

test('an option that does not exist', async () => {
  const { code, stderr } = await main(['--nodes=3'], {});
  expect({ code, stderr }).toEqual({ code: EX_USAGE, stderr: expect.stringContaining("'--nodes'") });
});
