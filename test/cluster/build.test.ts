// Where programs come from: the machine's own where the version fits, else the cache, built once however many need it.
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { provideBinaries } from './binaries.ts';
import { must } from './run.ts';

test('two processes at once build a program once', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'chaperone-build-'));
  await mkdir(join(cache, 'building-abandoned'));
  const binaries = JSON.stringify(join(import.meta.dirname, 'binaries.ts'));
  const script = `import { provideBinaries } from ${binaries};
    const said = [];
    const { pause } = await provideBinaries(['pause'], (line) => said.push(line));
    console.log(JSON.stringify({ pause, said }));`;
  const argv = [process.execPath, '--input-type=module', '--eval', script];
  const env = { ...process.env, CHAPERONE_CACHE: cache };
  const answers = await Promise.all([must(argv, { env }), must(argv, { env })]);
  const [one, other] = answers.map((text) => JSON.parse(text) as { pause: string; said: string[] });
  expect(one?.pause).toBe(other?.pause);
  expect([...(one?.said ?? []), ...(other?.said ?? [])]).toEqual(['building pause (1 of 1, once)']);
  expect((await readdir(cache)).sort()).toEqual([
    'build.lock',
    expect.stringMatching(/^pause-[0-9a-f]{16}$/),
  ]);
  await rm(cache, { recursive: true });
});

test.for([
  { version: '3.6.4', taken: true },
  { version: '3.5.21', taken: false },
])('an etcd $version of the machine is taken: $taken', async ({ version, taken }) => {
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-assets-'));
  await writeFile(join(folder, 'etcd'), `#!/bin/sh\necho 'etcd Version: ${version}'\n`);
  await chmod(join(folder, 'etcd'), 0o755);
  vi.stubEnv('KUBEBUILDER_ASSETS', folder);
  const { etcd } = await provideBinaries(['etcd'], () => {});
  vi.unstubAllEnvs();
  expect(etcd === join(folder, 'etcd')).toBe(taken);
  await rm(folder, { recursive: true });
});
