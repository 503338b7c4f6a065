import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLogger } from '../../telemetry/logger.ts';
import { KeptLineSchema, LeftOutSchema, READ_BACK } from '../../wire/recordings.ts';
import { openFolder } from './folder.ts';
import { newName } from './names.ts';
import { startReading } from './reading.ts';
import { openStore } from './store.ts';

const log = createLogger({ component: 'test', write: () => {} });
const path = await mkdtemp(join(tmpdir(), 'recordings-'));
const folder = await openFolder(path, Date.now);
const store = await openStore({ folder, maxBytes: 2 ** 24, now: Date.now, log });
const reading = await startReading(store.folder, 0, log);
afterAll(async () => {
  await Promise.all([reading.stop(), store.stop()]);
  await rm(path, { recursive: true });
});

const idOf = (n: number) => `6b7f0a52-0c1e-4f5f-8f0e-00000000000${n}`;
const OURS = `127.0.0.1:${READ_BACK.port}`;

async function keep(n: number, ...seqs: number[]): Promise<void> {
  const agent = { namespace: 'agents', serviceAccount: 'bot', uid: idOf(0) };
  const stream = { kind: 'portforward' as const, ports: [] };
  const chaperone = { id: idOf(n), namespace: 'shop', pod: 'web', stream };
  const part = await store.begin(agent, {
    version: 2,
    width: 80,
    height: 24,
    timestamp: 0,
    title: '',
    chaperone,
  });
  if (typeof part === 'string') return expect.fail(part);
  for (const seq of seqs) await part.append({ kind: 'chunk', seq, events: [[0, 'o', 'x']] });
  return part.close();
}
await keep(1, 1, 2);
await keep(2, 1);
await keep(1, 3);

function ask(url: string, { host = OURS, method = 'GET', address = '127.0.0.1' } = {}) {
  return new Promise<{ status: number | undefined; lines: string[] }>((resolve, reject) => {
    const asked = request({ host: address, port: reading.port, path: url, method, headers: { host } });
    asked.on('error', reject).on('response', async (response) => {
      const body = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode, lines: body.split('\n').slice(0, -1) });
    });
    asked.end();
  });
}
const kindsOf = (lines: readonly string[]) =>
  lines.map((line) => {
    const kept = KeptLineSchema.parse(JSON.parse(line));
    return kept.kind === 'part' ? kept.header.chaperone.id : kept.seq;
  });

test('gives back all parts of a recording, each with its lines', async () => {
  const { status, lines } = await ask(`/recordings/${idOf(1)}`);
  expect(status).toBe(200);
  // What was written in one tick of the disk's clock comes in either order.
  expect([
    [idOf(1), 1, 2, idOf(1), 3],
    [idOf(1), 3, idOf(1), 1, 2],
  ]).toContainEqual(kindsOf(lines));
});

test('lists what is kept, a line each', async () => {
  expect(kindsOf((await ask('/recordings')).lines).sort()).toEqual([idOf(1), idOf(1), idOf(2)]);
});

test.each([
  ['/recordings/'],
  [`/recordings/${idOf(3)}`],
  [`/recordings/../${idOf(1)}`],
  [`/recordings/${idOf(1)}/`],
  ['/recordings/..%2f..%2fetc%2fpasswd'],
  ['/'],
])('has nothing at %s', async (url) => {
  expect(await ask(url)).toEqual({ status: 404, lines: [] });
});

test('answers to no other name, which a page of a browser would have, and to nothing but GET', async () => {
  for (const host of ['evil.example', `evil.example:${READ_BACK.port}`, 'localhost', '127.0.0.1'])
    expect((await ask('/recordings', { host })).status).toBe(421);
  expect((await ask('/recordings', { method: 'POST' })).status).toBe(405);
});

test('is not there at any other address', async () => {
  const others = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const address =
    others.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.2';
  await expect(ask('/recordings', { address })).rejects.toThrow('ECONNREFUSED');
});

test('says of a list how much is not in it', async () => {
  const share = '0'.repeat(32);
  const names = Array.from({ length: 4100 }, (_, n) => newName({ share, uid: idOf(0), id: idOf(n % 10) }));
  await Promise.all(names.map((name) => writeFile(join(path, name), '')));
  const [first = ''] = (await ask('/recordings')).lines;
  expect(LeftOutSchema.parse(JSON.parse(first))).toEqual({ kind: 'leftOut', parts: 4 });
  expect(kindsOf((await ask('/recordings')).lines.slice(1)).sort()).toEqual([idOf(1), idOf(1), idOf(2)]);
});
