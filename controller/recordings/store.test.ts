import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Agent } from '../../ca/agent.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { CastHeader } from '../../wire/recordings.ts';
import { type Folder, openFolder } from './folder.ts';
import { newName, shareOf } from './names.ts';
import { openStore, type Part, type Refused, type Store } from './store.ts';

const uid = (n: number) => `0b9f0a52-0c1e-4f5f-8f0e-${n.toString(16).padStart(12, '0')}`;
const agentOf = (serviceAccount: string, n = 0): Agent => ({
  namespace: 'agents',
  serviceAccount,
  uid: uid(n),
});
const headerOf = (n: number): CastHeader => ({
  version: 2,
  width: 80,
  height: 24,
  timestamp: 1_700_000_000,
  title: 'exec shop/web app -- id',
  chaperone: { id: uid(n), namespace: 'shop', pod: 'web', stream: { kind: 'portforward', ports: [80] } },
});
const chunk = (seq: number, data = 'x') => ({
  kind: 'chunk' as const,
  seq,
  events: [[0, 'o' as const, data]] as never,
});
const DAY_MS = 86_400_000;

let path: string;
let nowMs: number;
const stores: Store[] = [];

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'recordings-'));
  nowMs = Date.now();
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.stop();
  await rm(path, { recursive: true });
});

const now = () => nowMs;

async function storeOf(maxBytes = 2 ** 24, over = (folder: Folder) => folder): Promise<Store> {
  const log = createLogger({ component: 'test', write: () => {} });
  const store = await openStore({ folder: over(await openFolder(path, now)), maxBytes, now, log });
  stores.push(store);
  return store;
}

const begun = async (asked: Promise<Part | Refused>): Promise<Part> => {
  const part = await asked;
  return typeof part === 'string' ? expect.fail(part) : part;
};
async function linesOf(store: Store, id: string): Promise<string[]> {
  const lines: string[] = [];
  for (const { name } of (await store.folder.list()).filter((each) => each.id === id))
    for await (const line of store.folder.lines(name)) lines.push(line);
  return lines;
}

describe('the store', () => {
  test('keeps a part as it was told, and whose it is by its own knowledge', async () => {
    const store = await storeOf();
    const agent = agentOf('bot');
    const part = await begun(store.begin(agent, headerOf(1)));
    expect(await part.append(chunk(1, 'a\u2028{"kind":"part"}\n'))).toBeUndefined();
    expect(await part.append({ kind: 'close', seq: 2 })).toBeUndefined();
    part.close();
    const lines = await linesOf(store, uid(1));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { kind: 'part', agent, header: headerOf(1) },
      chunk(1, 'a\u2028{"kind":"part"}\n'),
      { kind: 'close', seq: 2 },
    ]);
    const [name = ''] = await readdir(path);
    expect((await stat(join(path, name))).mode & 0o777).toBe(0o600);
  });

  test('never writes to what is there: another connection, or process, has a part of its own', async () => {
    const before = await begun((await storeOf()).begin(agentOf('bot'), headerOf(1)));
    await before.append(chunk(1));
    const store = await storeOf();
    const after = await begun(store.begin(agentOf('bot'), headerOf(1)));
    await after.append(chunk(2));
    await before.append(chunk(3));
    const kept = await Promise.all((await readdir(path)).map((name) => readFile(join(path, name), 'utf8')));
    expect(kept.map((text) => text.split('\n').slice(1, -1).length).sort()).toEqual([1, 2]);
  });

  test('gives back the whole lines of a part whose last one is torn, and those of the next part', async () => {
    const store = await storeOf();
    const torn = await begun(store.begin(agentOf('bot'), headerOf(1)));
    await torn.append(chunk(1));
    await torn.append(chunk(2));
    const [name = ''] = await readdir(path);
    const file = join(path, name);
    await truncate(file, (await stat(file)).size - 5);
    const next = await begun(store.begin(agentOf('bot'), headerOf(1)));
    await next.append(chunk(2));
    const seqs = (await linesOf(store, uid(1))).map((line) => JSON.parse(line).seq);
    expect(seqs.sort()).toEqual([1, 2, undefined, undefined]);
  });

  test('refuses what is new when one ServiceAccount has its share, and keeps what it has', async () => {
    const store = await storeOf(1024 * 1024);
    const part = await begun(store.begin(agentOf('bot'), headerOf(1)));
    const long = 'x'.repeat(200 * 1024);
    expect(await part.append(chunk(1, long))).toBeUndefined();
    expect(await part.append(chunk(2, long))).toBe('Full');
    for (let n = 2; n < 10; n += 1) await store.begin(agentOf('bot', n), headerOf(n));
    expect(await store.begin(agentOf('bot', 99), headerOf(99))).toBe('Full');
    await begun(store.begin(agentOf('other'), headerOf(100)));
    expect((await linesOf(store, uid(1))).length).toBe(2);
  });

  test('knows after a restart how much there is', async () => {
    const first = await storeOf(1024 * 1024);
    const part = await begun(first.begin(agentOf('bot'), headerOf(1)));
    await part.append(chunk(1, 'x'.repeat(200 * 1024)));
    const second = await storeOf(1024 * 1024);
    const next = await begun(second.begin(agentOf('bot'), headerOf(2)));
    expect(await next.append(chunk(1, 'x'.repeat(60 * 1024)))).toBe('Full');
  });

  test('removes what is a week old, and leaves what is not its own', async () => {
    const names = [1, 2].map((n) => newName({ share: shareOf(agentOf('bot')), uid: uid(0), id: uid(n) }));
    for (const name of [...names, 'notes.txt']) await writeFile(join(path, name), '');
    const old = new Date(nowMs - 7 * DAY_MS - 1000);
    for (const name of [names[0] ?? '', 'notes.txt']) await utimes(join(path, name), old, old);
    await storeOf();
    expect((await readdir(path)).sort()).toEqual([names[1], 'notes.txt'].sort());
  });

  test('of all that may be open one ServiceAccount has a part: the others begin theirs', {
    timeout: 60_000,
  }, async () => {
    const store = await storeOf(2 ** 30);
    const parts: Part[] = [];
    for (let n = 0; n < 1024; n += 1) parts.push(await begun(store.begin(agentOf('bot', n), headerOf(n))));
    expect(await store.begin(agentOf('bot', 7), headerOf(2000))).toBe('TooMany');
    parts.push(await begun(store.begin(agentOf('other'), headerOf(2001))));
    parts[0]?.close();
    parts[0]?.close();
    parts.push(await begun(store.begin(agentOf('bot', 7), headerOf(2002))));
    expect(await store.begin(agentOf('bot', 7), headerOf(2003))).toBe('TooMany');
    for (const part of parts) part.close();
  });

  test('holds shares and total also where replicas keep theirs in one folder', async () => {
    const maxBytes = 4 * 1024 * 1024;
    const replicas = await Promise.all([1, 2, 3].map(() => storeOf(maxBytes)));
    const parts = await Promise.all(
      replicas.map((store, n) => begun(store.begin(agentOf('bot', n), headerOf(n)))),
    );
    for (let seq = 1; seq < 100; seq += 1)
      for (const part of parts) await part.append(chunk(seq, 'x'.repeat(16 * 1024)));
    const sizes = await Promise.all(
      (await readdir(path)).map(async (name) => (await stat(join(path, name))).size),
    );
    const all = sizes.reduce((sum, size) => sum + size, 0);
    expect(all).toBeLessThan(maxBytes / 4 + 3 * (maxBytes / 64 + 20 * 1024));
    expect(all).toBeGreaterThan((maxBytes / 4) * 0.8);
  });

  test('waits for a look at the folder, however long it takes, only with who has taken much since the last', async () => {
    const looks: (() => void)[] = [];
    let isSlow = false;
    const store = await storeOf(2 ** 24, (folder) => ({
      ...folder,
      async list() {
        if (isSlow) await new Promise<void>((resolve) => looks.push(resolve));
        return folder.list();
      },
    }));
    const [much, other] = await Promise.all(
      ['bot', 'other'].map((name, n) => begun(store.begin(agentOf(name, n), headerOf(n)))),
    );
    isSlow = true;
    const long = 'x'.repeat(16 * 1024);
    let kept = 0;
    const appends = (async () => {
      for (; kept < 20; kept += 1) expect(await much?.append(chunk(kept + 1, long))).toBeUndefined();
    })();
    await expect.poll(() => [kept, looks.length]).toEqual([4, 1]);
    for (let seq = 1; seq <= 10; seq += 1) expect(await other?.append(chunk(seq))).toBeUndefined();
    await begun(store.begin(agentOf('other', 3), headerOf(3)));
    expect([kept, looks.length]).toEqual([4, 1]);
    isSlow = false;
    looks[0]?.();
    await appends;
    expect((await linesOf(store, uid(1))).length).toBe(11);
  });

  test('another replica leaves a part alone whose writer is there, however long it is silent', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const store = await storeOf();
    const part = await begun(store.begin(agentOf('bot'), headerOf(1)));
    const [name = ''] = await readdir(path);
    nowMs += 8 * DAY_MS;
    vi.advanceTimersByTime(600_000);
    await expect.poll(async () => Math.round((await stat(join(path, name))).mtimeMs)).toBe(nowMs);
    vi.useRealTimers();
    await storeOf();
    expect(await part.append(chunk(1))).toBeUndefined();
    expect(await linesOf(store, uid(1))).toHaveLength(2);
    part.close();
    nowMs += 8 * DAY_MS;
    await storeOf();
    expect(await readdir(path)).toEqual([]);
  });

  test('says so where it cannot write', async () => {
    const store = await storeOf();
    await rm(path, { recursive: true });
    expect(await store.begin(agentOf('bot'), headerOf(1))).toBe('NotWritten');
    await mkdir(path);
  });

  test('has nothing to do with a folder that it cannot make', async () => {
    await writeFile(join(path, 'file'), '');
    await expect(openFolder(join(path, 'file', 'in'), now)).rejects.toThrow('ENOTDIR');
  });
});
