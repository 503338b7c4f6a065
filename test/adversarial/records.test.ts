// The record comes first: nothing is forwarded before its line has been kept, and where it cannot be, nothing is.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLineSink, type LineSink } from '../../sidecar/line-sink.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { must } from '../cluster/run.ts';
import { PROTOCOLS } from './agent.ts';
import { refusalOf } from './answers.ts';
import { govern } from './governed.ts';
import { widely } from './widely.ts';

const cluster = await suiteCluster();
const kept: string[] = [];
const here: LineSink = { keep: async (line) => void kept.push(line) };
/** Where lines go: a test puts another in its place. */
let sink: LineSink = here;
const governed = await govern(cluster, 'records', { records: { keep: (line) => sink.keep(line) } });
const { agent, namespace } = governed;
const folder = await mkdtemp(join(tmpdir(), 'records-'));
afterAll(async () => {
  await governed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const path = `/api/v1/namespaces/${namespace}/configmaps`;
const secrets = `/api/v1/namespaces/${namespace}/secrets/mine`;

/** Keeps the next line only when it is told to. */
function hold(): { asked: Promise<string>; release: () => void } {
  const { promise: asked, resolve } = Promise.withResolvers<string>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  sink = {
    keep: (line) => {
      resolve(line);
      return released;
    },
  };
  return { asked, release };
}

test.each(PROTOCOLS)('a call over %s arrives only after its line was kept', async (protocol) => {
  await governed.arrived();
  const { asked, release } = hold();
  const answered = agent.call(protocol, { path });
  const line = JSON.parse(await asked);
  expect(line).toMatchObject({
    caller: 'app',
    verb: 'list',
    resource: 'configmaps',
    namespace,
    decision: 'permit',
  });
  expect(await governed.arrived()).toEqual([]);
  release();
  expect((await answered).status).toBe(200);
  expect(await governed.arrived()).toMatchObject([{ auditID: line.auditId }]);
  sink = here;
});

test.each(PROTOCOLS)(
  'a call over %s whose permit ends while its line is kept does not arrive',
  async (protocol) => {
    await governed.arrived();
    const { asked, release } = hold();
    const answered = agent.call(protocol, { path });
    await asked;
    governed.entitle({ rules: widely('elsewhere') });
    release();
    expect(refusalOf(await answered)).toBe('403 NoRule');
    expect(await governed.arrived()).toEqual([]);
    governed.entitle({ rules: widely(namespace) });
    sink = here;
  },
);

test('every call has one line, refused ones too, and none holds a query, a token or a body', async () => {
  kept.length = 0;
  const body = JSON.stringify({ metadata: { name: 'kept' }, data: { a: 'BODY-VALUE' } });
  await agent.call('h1', { method: 'POST', path: `${path}?fieldManager=QUERY-VALUE`, body });
  await agent.call('h2', { path: secrets, method: 'DELETE' });
  await agent.call('h2', { path, token: 'TOKEN-VALUE' });
  await agent.call('h1', { path: '/api/v1/../MALFORMED-VALUE' });
  await agent.raw(`CONNECT host:443 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${agent.token}\r\n\r\n`);
  expect(kept.map((line) => JSON.parse(line))).toMatchObject([
    { method: 'POST', path, decision: 'permit', rule: 'AgentPolicy agents/triage standing.rules[0]' },
    { method: 'DELETE', resource: 'secrets', name: 'mine', decision: 'denial', refusal: 'NoRule' },
    { decision: 'denial', refusal: 'UnknownCaller' },
    { decision: 'denial', refusal: 'MalformedTarget' },
    { method: 'CONNECT', decision: 'denial', refusal: 'UnsupportedMethod' },
  ]);
  expect(kept.join('\n')).not.toMatch(/VALUE/);
  expect(kept.join('\n')).not.toContain(agent.token);
});

/** Both ends of a pipe with a name. */
async function pipe(name: string): Promise<{ reader: number; writer: number }> {
  const at = join(folder, name);
  await must(['mkfifo', at]);
  const reader = openSync(at, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(at, constants.O_WRONLY) };
}

test.each(PROTOCOLS)(
  'a stdout that nobody holds any more refuses calls over %s, and nothing arrives',
  async (protocol) => {
    const { reader, writer } = await pipe(`broken-${protocol}`);
    sink = createLineSink(writer);
    expect((await agent.call(protocol, { path })).status).toBe(200);
    await governed.arrived();
    closeSync(reader);
    expect(refusalOf(await agent.call(protocol, { path }))).toBe('503 RecordFailed');
    expect(refusalOf(await agent.call(protocol, { path: secrets, method: 'DELETE' }))).toBe(
      '503 RecordFailed',
    );
    expect(await governed.arrived()).toEqual([]);
    closeSync(writer);
    sink = here;
  },
);

test('a stdout that nobody reads refuses in bounded time, serves others meanwhile, and goes on when it is read', async () => {
  const { reader, writer } = await pipe('blocked');
  const filler = openSync(join(folder, 'blocked'), constants.O_WRONLY | constants.O_NONBLOCK);
  expect(() => {
    for (;;) writeSync(filler, Buffer.alloc(4096, 'x'));
  }).toThrow('EAGAIN');
  await governed.arrived();
  sink = createLineSink(writer);
  const startedMs = performance.now();
  const blocked = [agent.call('h1', { path }), agent.call('h2', { path })];
  expect((await agent.raw('GET / HTTP/1.1\r\nConnection: x\r\n\r\n')).slice(0, 12)).toBe('HTTP/1.1 400');
  for (const answered of await Promise.all(blocked)) expect(refusalOf(answered)).toBe('503 RecordFailed');
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  expect(await governed.arrived()).toEqual([]);

  const drained = Buffer.alloc(1 << 20);
  readSync(reader, drained, 0, drained.length, null);
  expect((await agent.call('h1', { path })).status).toBe(200);
  for (const fd of [reader, writer, filler]) closeSync(fd);
  sink = here;
});
