import { closeSync, writeSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { openRecordFile, recordPaths } from './record-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'record-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('opens a new file a session that only this user can read', async () => {
  const paths = recordPaths('session-1', { XDG_STATE_HOME: folder });
  const fd = openRecordFile(paths);
  const { file: path } = paths;
  writeSync(fd, 'a line\n');
  closeSync(fd);
  expect(await readFile(path, 'utf8')).toBe('a line\n');
  expect(path).toMatch(/\/chaperone\/records\/[^/]*session-1\.jsonl$/);
  expect(paths.recordings).toBe(path.replace(/jsonl$/, 'recordings'));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
});

it('names what must be changed where it cannot', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const open = () => openRecordFile(recordPaths('s', { XDG_STATE_HOME: file }));
  expect(open).toThrow(UsageError);
  expect(open).toThrow(/^XDG_STATE_HOME: .*ENOTDIR$/);
});
