import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordingHeader } from '../streams/recording/recorded.ts';
import { createLogger } from '../telemetry/logger.ts';
import { systemClock } from './monotonic.ts';
import { recordInFolder } from './recording-folder.ts';

const header: RecordingHeader = {
  id: '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10',
  startedAtMs: 1_700_000_000_000,
  namespace: 'shop',
  pod: 'web-0',
  stream: { kind: 'portforward', ports: [8080] },
};
const parts = { clock: systemClock, log: createLogger({ component: 'test', write: () => {} }) };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recordings-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('keeps each in a file of its own that only this user can read', async () => {
  const path = join(folder, 'run.recordings');
  const recordings = recordInFolder(path, parts);
  expect(await readdir(folder)).toEqual([]);
  const recording = await recordings.open(header);
  recording?.write({ kind: 'opened', connection: 0, port: 8080 });
  await recording?.close();
  const file = join(path, `${header.id}.cast`);
  const [first = '', second = ''] = (await readFile(file, 'utf8')).split('\n');
  expect(JSON.parse(first)).toMatchObject({ version: 2, title: 'portforward shop/web-0 8080' });
  expect(JSON.parse(second)).toEqual([expect.any(Number), 'open', '0 8080']);
  expect([(await stat(path)).mode & 0o777, (await stat(file)).mode & 0o777]).toEqual([0o700, 0o600]);
});

test('opens none where there can be none, and none twice', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(await recordInFolder(join(folder, 'file'), parts).open(header)).toBeUndefined();
  const recordings = recordInFolder(folder, parts);
  expect(await recordings.open(header)).toBeDefined();
  expect(await recordings.open(header)).toBeUndefined();
});
