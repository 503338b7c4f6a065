import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeWhole } from './whole-file.ts';

test('a reader sees the old file or the new one, with its mode, and nothing else stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'whole-'));
  const path = join(folder, 'key');
  const [short, long] = ['a'.repeat(10), 'b'.repeat(1 << 20)];
  await writeWhole(path, short, 0o600);
  let reading = true;
  const reader = (async () => {
    while (reading) {
      expect([short.length, long.length]).toContain(readFileSync(path, 'utf8').length);
      await new Promise(setImmediate);
    }
  })();
  for (let i = 0; i < 20; i += 1) await writeWhole(path, i % 2 ? short : long, 0o600);
  reading = false;
  await reader;
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['key']);
  rmSync(folder, { recursive: true });
});
