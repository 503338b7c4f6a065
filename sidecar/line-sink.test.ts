import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLineSink, LineNotKept } from './line-sink.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'line-sink-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a line sink', () => {
  test('has written a line when its promise resolves, in the order of the calls', async () => {
    const path = join(directory, 'lines');
    const fd = openSync(path, 'a');
    const sink = createLineSink(fd);
    await Promise.all(Array.from({ length: 500 }, (_, i) => sink.keep(`line ${i}`)));
    expect(readFileSync(path, 'utf8').split('\n').slice(0, -1)).toEqual(
      Array.from({ length: 500 }, (_, i) => `line ${i}`),
    );
    closeSync(fd);
  });

  test('begins a new line after one that could be written only in part', async () => {
    const path = join(directory, 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    const sink = createLineSink(writer);
    await expect(sink.keep('x'.repeat(1 << 20))).rejects.toThrow(LineNotKept);
    const room = Buffer.alloc(1 << 20);
    readSync(reader, room, 0, room.length, null);
    await sink.keep('next');
    const bytes = readSync(reader, room, 0, room.length, null);
    expect(room.subarray(0, bytes).toString()).toMatch(/^\nnext\n$/);
    for (const fd of [reader, writer]) closeSync(fd);
  });

  test('refuses where the reader has gone', async () => {
    const fd = openSync(join(directory, 'read-only'), 'a');
    closeSync(fd);
    await expect(createLineSink(fd).keep('x')).rejects.toThrow(LineNotKept);
  });

  test('refuses, and does not grow, while nobody reads', async () => {
    const reader = spawn('sleep', ['60'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const fd = (reader.stdin as unknown as { _handle: { fd: number } })._handle.fd;
    const sink = createLineSink(fd);
    const results = Array.from({ length: 3000 }, () =>
      sink.keep('x'.repeat(1000)).then(
        () => 'kept',
        () => 'refused',
      ),
    );
    const first = await Promise.race(results.slice(-1));
    expect(first).toBe('refused');
    reader.kill();
    expect((await Promise.all(results)).filter((r) => r === 'refused').length).toBeGreaterThan(1000);
  });
});
