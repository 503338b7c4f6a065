// A run that shows what it hides fails, and says where; one that shows it only where it is revealed does not; and one whose
// search has gone blind fails too.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logOf } from './logs.ts';
import { beginSearch, endSearch } from './run.ts';
import { known, SEARCH_FOLDER, seed } from './seeds.ts';
import { overhear, witness } from './witness.ts';

let search: string;
let folder: string;
const held = process.env[SEARCH_FOLDER];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'search-'));
  search = await beginSearch(folder);
});
afterEach(async () => {
  if (held === undefined) delete process.env[SEARCH_FOLDER];
  else process.env[SEARCH_FOLDER] = held;
  await rm(folder, { recursive: true });
});

const log = async (text: string) => {
  const at = join(search, 'logs/a-cluster/pods/agents_triage_0b9f-1/agent');
  await mkdir(at, { recursive: true });
  await writeFile(join(at, '17'), text);
};

test('a run in which nothing is shown passes', () => {
  seed('hidden');
  witness('an answer')('nothing of interest');
  expect(endSearch(search)).toMatchObject({ faults: [], seeds: expect.any(Number) });
});

test('a value in one stream of many fails it, though others were written between its pieces', () => {
  const value = seed('the password');
  const [one, other] = [witness('h2 GET /secrets'), witness('h1 GET /pods')];
  one('12345');
  for (const piece of [value.slice(0, 13), value.slice(13, 26), value.slice(26)]) {
    one(piece);
    other('between');
  }
  expect(endSearch(search).faults).toEqual([
    'a hidden value was shown: h2 GET /secrets, byte 5: the seed "the password", plain',
  ]);
});

test('a value passes where it is revealed, and nowhere else, and no other passes there', () => {
  const [shown, hidden] = [seed('shown'), seed('hidden')];
  witness('under a Grant', [shown])(`${shown} ${hidden}`);
  witness('before')(shown);
  expect(endSearch(search).faults).toEqual([
    expect.stringMatching(/^a hidden value was shown: under a Grant, byte 41: the seed "hidden"/),
    expect.stringMatching(/^a hidden value was shown: before, byte 0: the seed "shown"/),
  ]);
});

test('a value that others made is searched for too', () => {
  witness('an answer')(`.${known('the token', 'c2lnbmF0dXJlLW9mLXRoZS10b2tlbg')}`);
  expect(endSearch(search).faults).toHaveLength(1);
});

test('what a container printed is searched, in one piece where its log has it in several', async () => {
  const value = seed('printed');
  const time = '2026-11-21T15:00:00.000000000Z';
  await log(
    `${time} stdout F a\n${time} stderr P ${value.slice(0, 20)}\n${time} stderr F ${value.slice(20)}\n`,
  );
  const { faults } = endSearch(search);
  expect(faults).toEqual([
    'a hidden value was shown: the log of agents/triage/agent, byte 2: the seed "printed", plain',
  ]);
  witness(logOf('agents', 'triage', 'agent'), [value]);
  expect(endSearch(search).faults).toEqual([]);
});

test('a stream is overheard as it comes, and its reader gets all of it', async () => {
  const value = seed('overheard');
  const stream = new Readable({ read() {} });
  overhear(stream, witness('a socket'));
  for (const piece of [value.slice(0, 9), value.slice(9), null]) stream.push(piece && Buffer.from(piece));
  expect(Buffer.concat(await stream.toArray()).toString()).toBe(value);
  expect(endSearch(search).faults).toHaveLength(1);
});

test('a search that no longer finds what was planted fails', async () => {
  for (const name of await readdir(search)) {
    if (name.endsWith('.witness')) await rm(join(search, name));
  }
  const { faults } = endSearch(search);
  expect(faults).toHaveLength(6);
  expect(faults[0]).toMatch(/^the search finds nothing any more: "control plain" stayed hidden/);
});
