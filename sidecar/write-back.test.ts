// What becomes of a write over hidden values by what stands there; how they are put back is masking/put-back's.
import { expect, test } from 'vitest';
import type { Fault, PutBack, Write } from '../masking/put-back/put-back.ts';
import { SENTINEL_MARKER } from '../masking/sentinel.ts';
import type { Permit } from '../policy/decide.ts';
import { requestOf } from '../policy/fixtures.ts';
import { createLineage } from './lineage.ts';
import type { OwnAnswer } from './own-call.ts';
import type { PuttingBackParts } from './putting-back.ts';
import { createRoom } from './room.ts';
import { createWriteBack } from './write-back.ts';

const path = '/api/v1/namespaces/shop/secrets/web';
const object = (resourceVersion: string, data: object = { a: 'MQ==' }) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'web', uid: 'u', resourceVersion },
  data,
});
const got = (value: unknown): OwnAnswer => ({ kind: 'ok', bytes: Buffer.from(JSON.stringify(value)) });
const there = (resourceVersion: string): OwnAnswer => got(object(resourceVersion));
const status = (code: number): OwnAnswer => ({ kind: 'status', status: code, retryAfter: '2' });

const DONE: PutBack = {
  kind: 'putBack',
  value: { put: 'back' },
  count: 1,
  pinned: true,
  changed: [],
  hides: true,
};
const TYPES: Readonly<Record<Write['form'], string>> = {
  object: 'application/json',
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  operations: 'application/json-patch+json',
};

interface Stage {
  readonly answers?: OwnAnswer[];
  readonly write?: Partial<Pick<Write, 'form' | 'value' | 'dryRun'>>;
  readonly outcome?: PutBack | Fault;
  readonly roomBytes?: number;
}

const BODY = { metadata: { name: 'web' }, data: { a: 'Mg==' } };

function stage({ answers = [there('7')], write = {}, outcome = DONE, roomBytes = 1000 }: Stage = {}) {
  const { form = 'object', value = BODY, dryRun = false } = write;
  const lineage = createLineage();
  const asked: string[] = [];
  const judged: unknown[] = [];
  const room = createRoom(roomBytes);
  const get = async (target: string): Promise<OwnAnswer> => {
    asked.push(target);
    return answers.shift() ?? status(500);
  };
  const request = requestOf(
    form === 'object' ? 'PUT' : 'PATCH',
    `${path}?fieldManager=a${dryRun ? '&dryRun=All' : ''}`,
  );
  const back = createWriteBack(
    {
      permit: { request, unmasked: false } as unknown as Permit,
      bytes: Buffer.from(JSON.stringify(value)),
      type: TYPES[form],
      putting: () => (write, live) => {
        judged.push({ ...write, live });
        return outcome;
      },
      print: (value) => ({ kind: 'checked', bytes: Buffer.from(JSON.stringify(value)) }),
    },
    { get, hold: room() },
    { lineage } as unknown as PuttingBackParts,
  );
  return { back, lineage, asked, judged, room };
}

const bodyOf = (outcome: Awaited<ReturnType<ReturnType<typeof stage>['back']['judge']>>) =>
  outcome.kind === 'judged' ? JSON.parse(outcome.body.bytes.toString()) : outcome.code;

test('is judged against the object as it stands, each time it is judged', async () => {
  const { back, asked, judged } = stage({ answers: [there('7'), there('8')] });
  const first = await back.judge();
  expect(first).toMatchObject({ kind: 'judged', count: 1, pinned: true, version: '7' });
  expect(bodyOf(first)).toEqual({ put: 'back' });
  expect(await back.judge()).toMatchObject({ version: '8' });
  expect(asked).toEqual([path, path]);
  const write = { form: 'object', value: BODY, dryRun: false, force: false, manager: 'a' };
  expect(judged).toEqual(['7', '8'].map((version) => ({ ...write, live: object(version) })));
});

test.each<[string, OwnAnswer, number, string, RegExp?]>([
  ['RBAC lacks get', status(403), 403, 'LiveForbidden', /Ask the owners of the agent's RBAC for get/],
  ['the API server has too much to do', status(429), 429, 'UpstreamBusy', /in 2 s/],
  ['it fails', status(500), 502, 'LiveUnreadable', /answered 500/],
  ['it cannot be read', { kind: 'failed', why: 'it is not JSON' }, 502, 'LiveUnreadable', /it is not JSON/],
  ['it is no object', got([]), 502, 'LiveUnreadable'],
  ['it has no version', got({ metadata: { uid: 'u', resourceVersion: 'x' } }), 502, 'LiveUnreadable'],
  ['there is no room', { kind: 'noRoom' }, 429, 'Busy'],
  ['there is no credential', { kind: 'noCredential' }, 503, 'CredentialUnreadable'],
])('is refused where %s', async (_, answer, httpStatus, code, message = /./) => {
  const { back, judged } = stage({ answers: [answer] });
  expect(await back.judge()).toMatchObject({ code, httpStatus, message: expect.stringMatching(message) });
  expect(judged).toEqual([]);
});

test.each<[Fault['code'], number, string]>([
  ['SentinelStale', 403, 'SentinelStale'],
  ['SentinelMisplaced', 403, 'SentinelMisplaced'],
  ['HiddenOverwritten', 403, 'HiddenOverwritten'],
  ['HiddenCarried', 403, 'HiddenCarried'],
  ['ObjectChanged', 409, 'ObjectChanged'],
  ['ClosedType', 403, 'ClosedList'],
])('%s is a refusal that names the place', async (code, httpStatus, refusal) => {
  const { back } = stage({ outcome: { kind: 'fault', code, at: 'data.password', belongsAt: 'data.user' } });
  const refused = await back.judge();
  expect(refused).toMatchObject({
    code: refusal,
    httpStatus,
    causes: [{ code: refusal, field: 'data.password' }],
  });
  if (code === 'SentinelMisplaced')
    expect(refused).toMatchObject({ message: expect.stringContaining('belongs at data.user') });
});

test('a release that is too large to be looked through is refused for its size', async () => {
  const { back } = stage({ outcome: { kind: 'fault', code: 'TooLarge', at: 'data.release' } });
  expect(await back.judge()).toMatchObject({
    code: 'TooLarge',
    message: expect.stringMatching(/Helm release/),
  });
});

test('is held of the room with what it is judged from, and refused where there is none', async () => {
  const held = JSON.stringify(BODY).length + JSON.stringify(DONE.value).length;
  const { back, room } = stage({ roomBytes: held + 10 });
  await back.judge();
  expect([11, 10].map((bytes) => room()(bytes))).toEqual([false, true]);
  expect(await stage({ roomBytes: held - 1 }).back.judge()).toMatchObject({ code: 'Busy' });
});

test('where nothing stands there, no sentinel goes on, and no credential', async () => {
  const hidden = { data: { a: btoa(SENTINEL_MARKER) } };
  expect(await stage({ answers: [status(404)], write: { value: hidden } }).back.judge()).toMatchObject({
    code: 'SentinelInWrite',
    causes: [{ field: 'data.a' }],
  });
  const token = { type: 'kubernetes.io/service-account-token' };
  expect(
    await stage({ answers: [status(404)], write: { form: 'apply', value: token } }).back.judge(),
  ).toMatchObject({
    code: 'ClosedList',
  });
});

test.each<[Write['form'], unknown, unknown]>([
  [
    'object',
    { kind: 'Secret', metadata: { name: 'web', resourceVersion: '7' } },
    { kind: 'Secret', metadata: { name: 'web', resourceVersion: '1' } },
  ],
  ['apply', { data: { a: 'Yg==' } }, { data: { a: 'Yg==' }, metadata: { resourceVersion: '1' } }],
  ['apply', { metadata: null }, { metadata: { resourceVersion: '1' } }],
  ['merge', { data: { a: 'Yg==' } }, { metadata: { resourceVersion: '1' } }],
  ['strategic', { data: { a: 'Yg==' } }, { metadata: { resourceVersion: '1' } }],
  [
    'operations',
    [{ op: 'test', path: '/data/a', value: 'Yg==' }],
    ['test', 'add'].map((op) => ({ op, path: '/metadata/resourceVersion', value: '1' })),
  ],
])('a write of form %s meets nothing that was made meanwhile: %j', async (form, value, sent) => {
  const judged = await stage({ answers: [status(404)], write: { form, value } }).back.judge();
  expect(bodyOf(judged)).toEqual(sent);
  expect(judged).toMatchObject({ count: 0, pinned: true, version: undefined });
});

test('an apply is of the object that was found, and no longer one where it is gone', async () => {
  const put = { ...DONE, value: { metadata: { name: 'web', resourceVersion: '7' } } };
  expect(bodyOf(await stage({ outcome: put, write: { form: 'apply' } }).back.judge())).toEqual({
    metadata: { name: 'web', resourceVersion: '7', uid: 'u' },
  });
  expect(bodyOf(await stage({ outcome: put }).back.judge())).toEqual(put.value);
});

test.each(['object', 'apply', 'merge', 'strategic'] as const)(
  'of form %s, for another version, it is a conflict whatever stands in it',
  async (form) => {
    const said = (resourceVersion: unknown) => ({
      write: { form, value: { data: {}, metadata: { resourceVersion } } },
    });
    const { back, judged } = stage(said('6'));
    expect(await back.judge()).toMatchObject({ code: 'ObjectChanged', httpStatus: 409, reason: 'Conflict' });
    expect(judged).toEqual([]);
    for (const live of ['7', '', '0', null, undefined])
      expect(await stage(said(live)).back.judge()).toMatchObject({ kind: 'judged' });
  },
);

test('what a write left as it was is known to be unchanged by its answer, and by nothing else', async () => {
  const unchanged = async (answer: unknown, more: Stage = {}) => {
    const { back, lineage } = stage(more);
    await back.judge();
    expect(back.observer.body(answer)).toEqual({ kind: 'masked', value: answer, count: 0 });
    return lineage.isUnchanged('u', '7', '8', { part: 'data', key: 'a' });
  };
  expect(await unchanged(object('8'))).toBe(true);
  expect(await unchanged(object('8', { a: 'Mg==' }))).toBe(false);
  expect(await unchanged(object('8'), { outcome: { ...DONE, changed: [{ part: 'data', key: 'a' }] } })).toBe(
    false,
  );
  expect(await unchanged(object('8'), { write: { dryRun: true } })).toBe(false);
  expect(await unchanged(object('8'), { answers: [status(404)] })).toBe(false);
  expect(await unchanged({ kind: 'Status', metadata: {} })).toBe(false);
  const { back, lineage } = stage({ answers: [there('7'), status(404)] });
  await back.judge();
  await back.judge();
  back.observer.body(object('8'));
  expect(lineage.isUnchanged('u', '7', '8', { part: 'data', key: 'a' })).toBe(false);
});
