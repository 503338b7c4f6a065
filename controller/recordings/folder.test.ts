import { appendFile, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Folder, openFolder } from './folder.ts';
import { newName } from './names.ts';

const uid = (n: number) => `0b9f0a52-0c1e-4f5f-8f0e-${n.toString(16).padStart(12, '0')}`;
const share = 'a'.repeat(32);
const nowMs = Date.now();
const HOUR_MS = 3_600_000;

let path: string;
let folder: Folder;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'recordings-'));
  folder = await openFolder(path, () => nowMs);
});
afterEach(() => rm(path, { recursive: true }));

async function part(n: number, agoMs: number): Promise<string> {
  const name = newName({ share, uid: uid(0), id: uid(n) });
  await writeFile(join(path, name), 'x');
  await written(name, agoMs);
  return name;
}
const written = (name: string, agoMs: number) =>
  utimes(join(path, name), new Date(nowMs - agoMs), new Date(nowMs - agoMs));
const sizes = async () => (await folder.list()).map(({ name, bytes }) => [name, bytes]);

test('lists all of many, the oldest first', async () => {
  const names = await Promise.all(Array.from({ length: 200 }, (_, n) => part(n, n * 1000)));
  expect((await folder.list()).map(({ name }) => name)).toEqual(names.reverse());
});

test('looks once at a part that nobody has written for an hour, and each time at others', async () => {
  const [old, fresh] = [await part(1, HOUR_MS + 1000), await part(2, 1000)];
  expect(await sizes()).toEqual([old, fresh].map((name) => [name, 1]));
  for (const name of [old, fresh]) await appendFile(join(path, name), 'y');
  expect(await sizes()).toEqual([
    [old, 1],
    [fresh, 2],
  ]);
  await rm(join(path, old));
  expect((await sizes()).map(([name]) => name)).toEqual([fresh]);
});

test('removes a part as it was listed, and leaves one that was written since', async () => {
  const [old, later] = [await part(1, 9 * HOUR_MS), await part(2, 8 * HOUR_MS)];
  const files = await folder.list();
  await appendFile(join(path, later), 'y');
  for (const file of [...files, ...files]) await folder.remove(file);
  expect(await readdir(path)).toEqual([later]);
  expect((await stat(join(path, later))).size).toBe(2);
  expect(await sizes()).toEqual([[later, 2]]);
  expect(old).not.toBe(later);
});
