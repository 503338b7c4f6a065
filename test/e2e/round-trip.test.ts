// Any sequence of edits on masked Secrets, old copies and new ones, by every kind of write, while an administrator changes the
// same objects: every value that nobody else wrote is the same in etcd afterwards, and a sentinel is stored nowhere.
import { assert, asyncProperty } from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { holdsSentinel } from '../../masking/sentinel.ts';
import { type Answered, type Json, refusalOf } from '../adversarial/answers.ts';
import { direct } from '../adversarial/direct.ts';
import { govern } from '../adversarial/governed.ts';
import { storedBelow } from '../cluster/etcd.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { lookFor } from '../search/look.ts';
import { type Seed, seed } from '../search/seeds.ts';
import { askOf, isOrdinary, keptBy } from './round-trip-asks.ts';
import { KEYS, LAST_APPLIED, OWN, type Step, steps, type Write } from './round-trip-steps.ts';

const TAKES_MS = 15_000;

const cluster = await suiteCluster();
const governed = await govern(cluster, 'round-trip');
const { agent, namespace } = governed;
const admin = direct(cluster, governed);
afterAll(async () => {
  admin.close();
  await governed[Symbol.asyncDispose]();
});
const verbs = ['get', 'list', 'create', 'update', 'patch', 'delete'] as const;
governed.entitle({
  rules: [
    { namespaces: [namespace], apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: [...verbs] },
  ],
});

const secrets = `/api/v1/namespaces/${namespace}/secrets`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const plain = (value: string) => Buffer.from(value, 'base64').toString('latin1');
/** Every value that an administrator stored, and where. */
const seeds: (Seed & { readonly key: string })[] = [];
const fresh = (key: string): string => {
  const value = seed(`round trip, ${key}`);
  seeds.push({ purpose: key, value, key });
  return base64(key === 'binary' ? `\0${value}` : value);
};
const told = { written: 0, putBack: 0, refused: new Map<string, number>() };

const asAdmin = async (method: string, path: string, body?: object): Promise<Json> => {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const headers = { 'content-type': type };
  const ask = { method, path, headers, ...(body && { body: JSON.stringify(body) }) };
  return (await admin.call('h2', ask)).json();
};
const made = (name: string) => {
  const data = Object.fromEntries(KEYS.map((key) => [key, fresh(key)]));
  const copy = `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data })}\n`;
  const metadata = { name, labels: { of: 'test' }, annotations: { note: 'a', [LAST_APPLIED]: copy } };
  return asAdmin('POST', secrets, { metadata, type: 'Opaque', data });
};
const foreign: Json = await made('foreign').then(async () =>
  (await agent.call('h2', { path: `${secrets}/foreign` })).json(),
);
let objects = 0;

test('leaves what nobody else wrote as it is, or is refused', async () => {
  const run = asyncProperty(steps, async (all) => {
    const path = `${secrets}/object-${++objects}`;
    await made(`object-${objects}`);
    const copies: Json[] = [await shown(path)];
    for (const step of all) await play(step, path, copies);
  });
  await assert(run, { numRuns: 1000, interruptAfterTimeLimit: TAKES_MS, markInterruptAsFailure: false });
  // It would prove nothing where everything was refused, or nothing was.
  expect(told.written).toBeGreaterThan(20);
  expect(told.putBack).toBeGreaterThan(20);
  expect(told.refused.size).toBeGreaterThan(3);
}, 60_000);

const shown = async (path: string): Promise<Json> => (await agent.call('h1', { path })).json();

async function play(step: Step, path: string, copies: Json[]): Promise<void> {
  if (step.step === 'write') return write(step, path, copies);
  const name = path.slice(secrets.length + 1);
  if (step.step === 'read') copies.unshift(await shown(path));
  else if (step.step === 'recreate') {
    await asAdmin('DELETE', path);
    await made(name);
  } else await meddle(step.step, path);
}

/** An administrator's change, and the data that it set. */
async function meddle(what: 'value' | 'label', path: string): Promise<Json> {
  const data = what === 'value' ? { user: fresh('user') } : {};
  await asAdmin('PATCH', path, { data, metadata: { labels: { by: `${Math.random()}` } } });
  return data;
}

async function write(step: Write, path: string, copies: Json[]): Promise<void> {
  const before = await asAdmin('GET', path);
  if (step.copy === -1) copies.unshift(await shown(path));
  const copy = copies[Math.max(0, step.copy) % copies.length];
  const ask = askOf(step, path, copy, foreign);
  const [answered, meanwhile] = await Promise.all([
    agent.call(step.protocol, ask),
    step.meanwhile === 'nothing' ? {} : meddle(step.meanwhile, path),
  ]);
  const after = await asAdmin('GET', path);
  const said = `${JSON.stringify(ask)} answered ${answered.body}`;
  expect(answered.status, said).toBeLessThan(500);
  if (step.meanwhile === 'nothing' && (answered.status >= 300 || step.dryRun))
    expect(after, said).toEqual(before);
  if (isOrdinary(step)) expect(answered.status, said).toBe(200);
  expect(strays(before, meanwhile, after), said).toEqual([]);
  const isWritten = answered.status < 300 && !step.dryRun;
  const wasThere = keptBy(step, copy).filter((key) => before.data?.[key] !== undefined);
  const gone = wasThere.filter((key) => isWritten && after.data?.[key] === undefined);
  expect(gone, said).toEqual([]);
  tally(answered, `${ask.body}`);
}

/** What stands where neither an administrator nor the agent's own hand can have put it; keys only, and no values. */
function strays(before: Json, meanwhile: Json, after: Json): string[] {
  const copyOf = ({ metadata }: Json): Json =>
    JSON.parse(metadata.annotations?.[LAST_APPLIED] ?? '{}').data ?? {};
  const mayBe = (key: string) => [
    before.data?.[key],
    copyOf(before)[key],
    meanwhile[key],
    base64('left out by chaperone'),
  ];
  // As it was, within another text, or encoded once more.
  const isOwn = (value: string) => plain(value).includes(OWN) || plain(plain(value)).includes(OWN);
  const strayIn = (data: Json, where: string) =>
    Object.entries<string>(data)
      .filter(([key, value]) => !isOwn(value) && !mayBe(key).includes(value))
      .map(([key]) => `${where}.${key}`);
  // What was written at the same time is not lost: a value that was put back is the one of the version that is written over.
  const lost = Object.entries<string>(meanwhile)
    .filter(([key, value]) => (after.data?.[key] ?? value) !== value && !isOwn(after.data[key]))
    .map(([key]) => `lost data.${key}`);
  const marked = holdsSentinel(JSON.stringify(after)) ? ['a sentinel is stored'] : [];
  return [...strayIn(after.data ?? {}, 'data'), ...strayIn(copyOf(after), 'the copy'), ...lost, ...marked];
}

function tally(answered: Answered, body: string): void {
  if (answered.status < 300) {
    told.written += 1;
    if (holdsSentinel(body)) told.putBack += 1;
  } else {
    const code = refusalOf(answered);
    told.refused.set(code, (told.refused.get(code) ?? 0) + 1);
  }
}

test('etcd holds each value at its own key alone, and no sentinel', async () => {
  const all = (await storedBelow(cluster, '/registry/')).filter(({ key }) =>
    key.split('/').includes(namespace),
  );
  expect(all.filter(({ value }) => holdsSentinel(value.toString('latin1'))).map(({ key }) => key)).toEqual(
    [],
  );
  const look = lookFor(seeds);
  for (const { key, value } of all) {
    const found = look(value);
    if (found.length > 0) expect(key).toMatch(/\/secrets\/[^/]+\/(object-\d+|foreign)$/);
  }
  const kept = all.find(({ key }) => key.endsWith('/foreign'))?.value ?? Buffer.alloc(0);
  expect(
    look(kept)
      .map(({ purpose }) => purpose)
      .sort(),
  ).toEqual([...KEYS].sort());
});
