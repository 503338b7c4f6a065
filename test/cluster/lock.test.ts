import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { take } from './lock.ts';

const folder = await mkdtemp(join(tmpdir(), 'lock-'));
afterAll(() => rm(folder, { recursive: true }));

test('what a process has taken is its own until it ends, however it ends', async () => {
  const file = join(folder, 'taken');
  const module = JSON.stringify(join(import.meta.dirname, 'lock.ts'));
  const program = `import(${module}).then(({ take }) => { console.log(take(${JSON.stringify(file)})); setInterval(() => {}, 1000); });`;
  const other = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(other.stdout, 'data');
  expect([String(said).trim(), take(file)]).toEqual(['true', false]);
  other.kill('SIGKILL');
  await once(other, 'close');
  expect(take(file)).toBe(true);
});
