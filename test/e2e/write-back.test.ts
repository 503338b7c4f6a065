// Secrets written by an unmodified kubectl that never saw their values: what is stored is, byte for byte, what was stored, or
// the write is refused and says at which key.
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import { type Agent, agentOf } from '../adversarial/agent.ts';
import { type Json, refusalOf } from '../adversarial/answers.ts';
import { type Entitled, type Governed, govern, widely } from '../adversarial/governed.ts';
import { answering, startMisbehavingServer } from '../adversarial/misbehaving-server.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { seed } from '../search/seeds.ts';

const cluster = await suiteCluster();
/** What another does between the judgement of a write and its forwarding: once, or each time. */
let meanwhile: () => Promise<unknown> = async () => undefined;
const records: Json[] = [];
const keep = async (line: string) => {
  records.push(JSON.parse(line));
  await meanwhile();
};
const governed = await govern(cluster, 'write-back', { records: { keep } });
const { agent, namespace } = governed;
const folder = await mkdtemp(join(tmpdir(), 'write-back-'));
afterAll(async () => {
  await governed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const verbs: Rule['verbs'] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const resources = ['secrets', 'configmaps'];
const entitle = (of: Pick<Governed, 'namespace' | 'entitle'>, more: Partial<Entitled> = {}) =>
  of.entitle({ rules: [{ namespaces: [of.namespace], apiGroups: [''], resources, verbs }], ...more });
entitle(governed);
const { hostname, port } = new URL(cluster.server);
const admin = agentOf({ host: hostname, port: Number(port), ca: cluster.ca, token: governed.realToken });
afterAll(() => admin.close());

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const path = `/api/v1/namespaces/${namespace}/secrets`;
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const VALUES: Readonly<Record<string, string>> = {
  password: base64(seed('written back')),
  'tls.key': base64(Buffer.from([0, 255, 10, 128, 34, 92])),
  empty: '',
};
const PATCH = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

let count = 0;
let name = '';
beforeEach(() => {
  count += 1;
  name = `secret-${count}`;
  meanwhile = async () => undefined;
});

interface To {
  readonly type?: string;
  /** The object; empty: the collection. */
  readonly of?: string;
  readonly query?: string;
  readonly as?: Agent;
}
const send = (
  method: string,
  body: unknown,
  { type = 'application/json', of = name, query = '', as = agent }: To = {},
) =>
  as.call('h2', {
    method,
    path: `${path}${of && `/${of}`}${query}`,
    headers: { 'content-type': type },
    body: JSON.stringify(body),
  });
/** As a person does it, past chaperone. */
const asAdmin = async (method: string, body: unknown, to: To = {}) => {
  const answered = await send(method, body, { ...to, as: admin });
  expect(answered.status, answered.body.toString()).toBeLessThan(300);
};
const get = async (as: Agent): Promise<Json> => (await as.call('h2', { path: `${path}/${name}` })).json();
const stored = () => get(admin);
const shown = () => get(agent);
const kubectl = (args: readonly string[], input: unknown = '', env = {}) =>
  cluster.kubectl(args, {
    input: typeof input === 'string' ? input : JSON.stringify(input),
    env,
    kubeconfig: governed.kubeconfig,
  });

const secret = (data: object = VALUES, metadata: object = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, labels: { of: 'test' }, annotations: { note: 'before' }, ...metadata },
  type: 'Opaque',
  data,
});
/** How the object came to be. */
const MADE = {
  created: () => asAdmin('POST', secret(), { of: '' }),
  /** As kubectl apply does it. */
  applied: () => {
    const object = secret();
    object.metadata.annotations[LAST_APPLIED] = `${JSON.stringify(secret())}\n`;
    return asAdmin('POST', object, { of: '', query: '?fieldManager=kubectl-client-side-apply' });
  },
};

/** What a person keeps of what was shown: without what is of one moment. */
function saved({ metadata, ...object }: Json, change: (object: Json) => void = () => undefined): Json {
  const { [LAST_APPLIED]: _, ...annotations } = metadata.annotations;
  const { name, namespace, labels } = metadata;
  const kept = { ...object, metadata: { name, namespace, labels, annotations } };
  change(kept);
  return kept;
}
const labelled = (object: Json) => {
  object.metadata.labels.seen = 'yes';
};

async function script(text: string): Promise<string> {
  const file = join(folder, `editor-${Math.random().toString(36).slice(2)}`);
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}
const NOTE = 's/note: before/note: after/; s/"note":"before"/"note":"after"/';
const editing = async (...command: string[]) =>
  kubectl(command, '', { ...process.env, KUBE_EDITOR: await script(`sed -i '${NOTE}' "$1"`) });

interface Way {
  readonly what: string;
  /** Does it, to the object as it was shown. */
  readonly does: (shown: Json) => ReturnType<typeof kubectl>;
  /** Of the stored object, afterwards. */
  readonly done: (object: Json) => unknown;
}
const way = (what: string, does: Way['does'], done: Way['done'] = () => undefined): Way => ({
  what,
  does,
  done,
});

const isLabelled = ({ metadata }: Json) => expect(metadata.labels.seen).toBe('yes');
const isNoted = ({ metadata }: Json) => expect(metadata.annotations.note).toBe('after');
const isCopied = ({ metadata }: Json) =>
  expect(Object.keys(JSON.parse(metadata.annotations[LAST_APPLIED]).data).sort()).toEqual(
    Object.keys(VALUES).sort(),
  );
const ALSO_OF_CREATED: readonly Way[] = [
  way('edit', () => editing('edit', 'secret', name), isNoted),
  way('apply', (it) => kubectl(['apply', '-f', '-'], saved(it, labelled)), isLabelled),
  way(
    'apply --server-side',
    (it) => kubectl(['apply', '--server-side', '-f', '-'], saved(it, labelled)),
    isLabelled,
  ),
  way(
    'replace --save-config',
    (it) => kubectl(['replace', '--save-config', '-f', '-'], saved(it, labelled)),
    isLabelled,
  ),
  way(
    'apply set-last-applied',
    (it) => kubectl(['apply', 'set-last-applied', '--create-annotation', '-f', '-'], saved(it)),
    isCopied,
  ),
];
const patch = (type: string, body: unknown) =>
  kubectl(['patch', 'secret', name, `--type=${type}`, '-p', JSON.stringify(body)]);
const WAYS: readonly Way[] = [
  ...ALSO_OF_CREATED,
  way('apply edit-last-applied', () => editing('apply', 'edit-last-applied', 'secret', name), isCopied),
  way(
    'apply --server-side --force-conflicts',
    (it) => kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], saved(it, labelled)),
    isLabelled,
  ),
  way(
    'replace of what was shown',
    (it) => {
      labelled(it);
      return kubectl(['replace', '-f', '-'], it);
    },
    isLabelled,
  ),
  way('label', () => kubectl(['label', 'secret', name, 'seen=yes']), isLabelled),
  way('annotate', () => kubectl(['annotate', 'secret', name, 'note=after', '--overwrite']), isNoted),
  way(
    'patch --type=json of what was shown',
    ({ data }) => {
      const operations = Object.entries(data).flatMap(([key, value]) =>
        ['test', 'replace'].map((op) => ({ op, path: `/data/${key}`, value })),
      );
      return patch('json', [...operations, { op: 'add', path: '/metadata/labels/seen', value: 'yes' }]);
    },
    isLabelled,
  ),
  ...['merge', 'strategic'].map((type) =>
    way(
      `patch --type=${type} of what was shown`,
      ({ data }) => patch(type, { data, metadata: { labels: { seen: 'yes' } } }),
      isLabelled,
    ),
  ),
  way('diff', (it) => kubectl(['diff', '-f', '-'], saved(it))),
  way('apply --dry-run=server', (it) =>
    kubectl(['apply', '--dry-run=server', '-f', '-'], saved(it, labelled)),
  ),
];

describe.each([
  { made: 'created' as const, ways: ALSO_OF_CREATED },
  { made: 'applied' as const, ways: WAYS },
])('of a Secret that a person $made', ({ made, ways }) => {
  test.each(ways)('kubectl $what leaves every value as it is', async ({ does, done }) => {
    await MADE[made]();
    const before = await stored();
    const did = await does(await shown());
    expect(did, did.stderr).toMatchObject({ code: 0 });
    const after = await stored();
    expect(after.data).toEqual(before.data);
    expect(JSON.stringify(after)).not.toContain('chaperone: hidden');
    const copy = after.metadata.annotations[LAST_APPLIED];
    if (made === 'applied') expect(JSON.parse(copy ?? '{}').data).toEqual(VALUES);
    else expect(copy ?? '').not.toContain(VALUES.password);
    done(after);
  });
});

test('the fields that others manage stay theirs, also as kubectl takes an object over into server-side apply', async () => {
  await MADE.applied();
  const dataOf = ({ metadata }: Json) =>
    metadata.managedFields.map(({ manager, operation, fieldsV1 }: Json) => [
      manager,
      operation,
      Object.keys(fieldsV1['f:data'] ?? {}),
    ]);
  const keys = Object.keys(VALUES).map((key) => `f:${key}`);
  expect(dataOf(await stored())).toEqual([
    ['kubectl-client-side-apply', 'Update', expect.arrayContaining(['.', ...keys])],
  ]);
  await ok(kubectl(['apply', '--server-side', '-f', '-'], saved(await shown(), labelled)));
  const after = dataOf(await stored());
  expect(after).toContainEqual(['kubectl', 'Apply', expect.arrayContaining(keys)]);
});

test('a file that was saved once is applied again and again', async () => {
  await MADE.created();
  const file = saved(await shown(), labelled);
  await ok(kubectl(['apply', '-f', '-'], file));
  const { metadata } = await stored();
  await ok(kubectl(['apply', '-f', '-'], file));
  expect((await stored()).metadata).toEqual(metadata);
  await ok(kubectl(['label', 'secret', name, 'more=yes']));
  await ok(kubectl(['annotate', 'secret', name, 'note=after', '--overwrite']));
  await ok(kubectl(['apply', '-f', '-'], file));
  expect((await stored()).data).toEqual(VALUES);
});

test('keys are added, replaced and removed beside those that are hidden', async () => {
  await MADE.created();
  const mine = base64('of the agent');
  const file = saved(await shown(), (it) => {
    delete it.data.empty;
    it.data.password = mine;
    it.stringData = { new: 'of the agent' };
  });
  expect(await ok(kubectl(['replace', '-o', 'json', '-f', '-'], file))).not.toContain(mine);
  const { 'tls.key': key } = VALUES;
  expect((await stored()).data).toEqual({ 'tls.key': key, password: mine, new: mine });
});

test('Secrets are created, tried and deleted, and their values are hidden from then on', async () => {
  const literal = seed('created by an agent');
  const creating = ['create', 'secret', 'generic', name, `--from-literal=a=${literal}`, '-o', 'json'];
  for (const more of [['--dry-run=server'], []]) {
    const out = await kubectl([...creating, ...more]);
    expect(out, out.stderr).toMatchObject({ code: 0 });
    const { data } = JSON.parse(out.stdout);
    expect(Buffer.from(data.a, 'base64').toString()).toMatch(/^chaperone: hidden value /);
  }
  expect((await stored()).data).toEqual({ a: base64(literal) });
  await ok(kubectl(['delete', 'secret', name]));
  expect((await kubectl(['label', 'secret', name, 'seen=yes'])).stderr).toMatch(/not found/);
  // Asked of the API server itself, by who knows that nothing stands there.
  const late = await send('PATCH', { metadata: { labels: { seen: 'yes' } } }, { type: PATCH.merge });
  expect([late.status, late.json().reason]).toEqual([404, 'NotFound']);
});

const merge = (body: object, to: To = {}) => send('PATCH', body, { type: PATCH.merge, ...to });
const operate = (...operations: object[]) => send('PATCH', operations, { type: PATCH.json });
const copy = (hidden: string) => ({
  ...secret({ copied: hidden }),
  metadata: { name: `${name}-copy`, namespace },
});

describe('a sentinel is refused, and the key named,', () => {
  test.each<[string, (hidden: string) => ReturnType<typeof send>, string, RegExp]>([
    [
      'under another key',
      (hidden) => merge({ data: { other: hidden } }),
      'SentinelMisplaced',
      /at data\.other .* belongs at data\.password/,
    ],
    [
      'over another hidden key',
      (hidden) => merge({ data: { 'tls.key': hidden } }),
      'SentinelMisplaced',
      /tls\.key/,
    ],
    [
      'in part',
      (hidden) => merge({ data: { password: base64(`x${Buffer.from(hidden, 'base64')}`) } }),
      'SentinelMisplaced',
      /data\.password/,
    ],
    [
      'in an annotation',
      (hidden) => merge({ metadata: { annotations: { note: hidden } } }),
      'SentinelMisplaced',
      /note/,
    ],
    [
      'in a new Secret',
      (hidden) => send('POST', copy(hidden), { of: '' }),
      'SentinelInWrite',
      /data\.copied/,
    ],
    [
      'in a Secret that an apply makes',
      (hidden) =>
        send('PATCH', copy(hidden), { of: `${name}-copy`, type: PATCH.apply, query: '?fieldManager=a' }),
      'SentinelInWrite',
      /data\.copied/,
    ],
    [
      'in a ConfigMap',
      (hidden) =>
        agent.call('h2', {
          method: 'POST',
          path: path.replace('secrets', 'configmaps'),
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ metadata: { name }, data: { 'copy.txt': hidden } }),
        }),
      'SentinelInWrite',
      /data\[copy\.txt\]/,
    ],
    [
      'carried by a copy',
      () => operate({ op: 'copy', from: '/data/password', path: '/metadata/annotations/note' }),
      'HiddenCarried',
      /data\.password/,
    ],
    [
      'carried by a move',
      () => operate({ op: 'move', from: '/data/password', path: '/data/moved' }),
      'HiddenCarried',
      /data\.password/,
    ],
  ])('%s', async (_, write, code, message) => {
    await MADE.created();
    const before = await stored();
    const answered = await write((await shown()).data.password);
    expect(refusalOf(answered)).toBe(`403 ${code}`);
    expect(answered.json().message).toMatch(message);
    expect(await stored()).toEqual(before);
  });

  test('of a key that is gone', async () => {
    await MADE.created();
    const file = saved(await shown());
    await asAdmin('PATCH', { data: { empty: null } }, { type: PATCH.merge });
    const before = await stored();
    const { stderr } = await kubectl(['replace', '-f', '-'], file);
    expect(stderr).toMatch(/the sentinel at data\S+ stands for a value that may have changed/);
    expect(await stored()).toEqual(before);
  });

  test('of a value that another has changed', async () => {
    await MADE.created();
    const { password } = (await shown()).data;
    await asAdmin('PATCH', { data: { password: base64('new') } }, { type: PATCH.merge });
    const refused = await merge({ data: { password } });
    expect(refusalOf(refused)).toBe('403 SentinelStale');
    expect(refused.json().message).toMatch(/at data\.password /);
  });
});

describe('a plain value over a hidden one', () => {
  const guess = { password: base64('guess') };
  test.each<[string, () => ReturnType<typeof send>]>([
    ['in a dry run', () => merge({ data: guess }, { query: '?dryRun=All' })],
    [
      'in an apply without force',
      () => send('PATCH', secret(guess), { type: PATCH.apply, query: '?fieldManager=a' }),
    ],
    ['in a test', () => operate({ op: 'test', path: '/data/password', value: guess.password })],
  ])('tells nothing %s', async (_, write) => {
    await MADE.created();
    const answered = await write();
    expect(refusalOf(answered)).toBe('403 HiddenOverwritten');
    expect(answered.json().message).toMatch(/password/);
    expect((await stored()).data).toEqual(VALUES);
  });

  test('tells nothing of an immutable Secret', async () => {
    await asAdmin('POST', { ...secret(), immutable: true }, { of: '' });
    expect(refusalOf(await merge({ data: guess }))).toBe('403 HiddenOverwritten');
  });

  test('may be tried where the agent may read the value', async () => {
    await MADE.created();
    const reveal = {
      namespaces: [namespace],
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: [name],
    };
    const grants = [
      {
        name: 'reveal',
        rule: { ...reveal, verbs: ['get' as const], reveal: true as const },
        remainingMs: 60_000,
      },
    ];
    entitle(governed, { grants });
    expect((await merge({ data: guess }, { query: '?dryRun=All' })).status).toBe(200);
    entitle(governed);
    expect(refusalOf(await merge({ data: guess }, { query: '?dryRun=All' }))).toBe('403 HiddenOverwritten');
  });

  test('replaces it', async () => {
    await MADE.created();
    expect((await merge({ data: guess })).status).toBe(200);
    expect((await stored()).data).toEqual({ ...VALUES, ...guess });
  });
});

test('a credential for the API server is never written', async () => {
  const annotations = { 'kubernetes.io/service-account.name': 'mighty' };
  const token = { ...secret({}, { annotations }), type: 'kubernetes.io/service-account-token' };
  expect(refusalOf(await send('POST', token, { of: '' }))).toBe('403 ClosedList');
  await asAdmin('POST', token, { of: '' });
  expect(refusalOf(await merge({ metadata: { labels: { a: 'b' } } }))).toBe('403 ClosedList');
});

describe('while others write', () => {
  const touch = () =>
    asAdmin(
      'PATCH',
      { metadata: { annotations: { touched: `${performance.now()}` } } },
      { type: PATCH.merge },
    );
  const onceOnly = (what: () => Promise<unknown>) => async () => {
    meanwhile = async () => undefined;
    await what();
  };
  const label = { metadata: { labels: { seen: 'yes' } } };

  test('a write that was overtaken is judged again and made once, as one call', async () => {
    await MADE.created();
    await governed.arrived();
    records.length = 0;
    meanwhile = onceOnly(touch);
    const labels = await merge(label);
    expect(labels.status).toBe(200);
    isLabelled(await stored());
    const id = labels.headers['audit-id'];
    const ofAgent = (await governed.arrived()).filter(({ auditID }) => auditID.startsWith(String(id)));
    expect(
      ofAgent.map(({ auditID, verb, responseStatus }: Json) => [auditID, verb, responseStatus.code]),
    ).toEqual([
      [`${id}.1`, 'get', 200],
      [id, 'patch', 409],
      [`${id}.2`, 'get', 200],
      [id, 'patch', 200],
    ]);
    expect(records).toMatchObject([{ auditId: id, decision: 'permit', putBack: 0 }]);
  });

  test('what its sentinels stood for is then not known any more', async () => {
    await MADE.created();
    const { data } = await shown();
    meanwhile = onceOnly(touch);
    expect(refusalOf(await merge({ ...label, data }))).toBe('403 SentinelStale');
    expect((await stored()).data).toEqual(VALUES);
  });

  test('a write that names its version is a conflict, as without chaperone', async () => {
    await MADE.created();
    const it = await shown();
    meanwhile = onceOnly(touch);
    for (const when of ['overtaken', 'late']) {
      const lost = await send('PUT', it);
      expect([refusalOf(lost), lost.json().reason], when).toEqual(['409 ObjectChanged', 'Conflict']);
    }
    // kubectl sends data before metadata.
    expect((await kubectl(['replace', '-f', '-'], it)).stderr).toMatch(/^Error from server \(Conflict\)/);
    expect((await stored()).data).toEqual(VALUES);
  });

  test('what is made while a write finds nothing there is not written over', async () => {
    const guess = { password: base64('guess') };
    meanwhile = onceOnly(MADE.created);
    const applied = await send('PATCH', secret(guess), { type: PATCH.apply, query: '?fieldManager=a' });
    expect(refusalOf(applied)).toBe('403 HiddenOverwritten');
    await asAdmin('DELETE', {});
    meanwhile = onceOnly(MADE.created);
    const tested = await operate({ op: 'test', path: '/data/password', value: guess.password });
    expect(refusalOf(tested)).toBe('403 HiddenOverwritten');
    expect((await stored()).data).toEqual(VALUES);
  });

  test('what is deleted meanwhile is not made again of what was hidden', async () => {
    await MADE.created();
    const it = saved(await shown());
    meanwhile = onceOnly(() => asAdmin('DELETE', {}));
    const applied = await send('PATCH', it, { type: PATCH.apply, query: '?fieldManager=a' });
    expect(refusalOf(applied)).toBe('403 SentinelInWrite');
    expect((await stored()).reason).toBe('NotFound');
  });
});

test('a conflict that is about something else is for the agent to read', async () => {
  const applying = (of: string, manager: string) =>
    send(
      'PATCH',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels: { of } } },
      { type: PATCH.apply, query: `?fieldManager=${manager}` },
    );
  expect((await applying('one', 'one')).status).toBe(201);
  await governed.arrived();
  const conflict = await applying('other', 'other');
  expect([conflict.status, conflict.json().reason]).toEqual([409, 'Conflict']);
  const calls = (await governed.arrived()).map(({ verb, responseStatus }: Json) => [
    verb,
    responseStatus.code,
  ]);
  expect(calls).toEqual([
    ['get', 200],
    ['patch', 409],
    ['get', 200],
  ]);
});

describe('with an API server that misbehaves', () => {
  /** As it is after so many others have written to it. */
  const object = (writes: number) =>
    JSON.stringify({
      ...secret({}),
      metadata: { name, namespace, uid: 'u', resourceVersion: `${7 + writes}` },
    });
  const conflict = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Conflict',
    code: 409,
    metadata: {},
  });
  const json = { 'content-type': 'application/json' };
  const gone = answering('404 Not Found', json, '{}');
  const label = { metadata: { labels: { seen: 'yes' } } };

  test('a write that is overtaken again and again is a conflict of our words in the end, and one whose permit ends is cut', async () => {
    await using server = await startMisbehavingServer();
    await using behind = await govern(cluster, 'overtaken', { apiServer: server.apiServer });
    entitle(behind);
    const write = () =>
      behind.agent.call('h2', {
        method: 'PATCH',
        path: `/api/v1/namespaces/${behind.namespace}/secrets/${name}`,
        headers: { 'content-type': PATCH.merge },
        body: JSON.stringify(label),
      });
    const made = () => server.heads.map((head) => head.split(' ', 1)[0]);
    // Written to by others; or made by them and deleted again, each time before it is read.
    for (const found of [() => answering('200 OK', json, object(made().length)), () => gone]) {
      server.heads.length = 0;
      server.behave((socket, requests) => {
        const answer = made().at(-1) === 'GET' ? found() : answering('409 Conflict', json, conflict);
        answer(socket, requests);
      });
      const lost = await write();
      expect([refusalOf(lost), lost.json().reason]).toEqual(['409 ObjectChanged', 'Conflict']);
      expect(made()).toEqual([...Array(6).fill(['GET', 'PATCH']).flat(), 'GET']);
    }
    expect(behind.records).toHaveLength(2);

    server.heads.length = 0;
    const { promise: reading, resolve } = Promise.withResolvers<TLSSocket>();
    server.behave(resolve);
    const answered = write();
    const closed = once(await reading, 'close');
    behind.entitle({ rules: widely('elsewhere') });
    expect(refusalOf(await answered)).toBe('403 NoRule');
    await closed;
    expect(made()).toEqual(['GET']);
  });
});

test('an apply makes what is not there', async () => {
  const data = { a: base64('b') };
  await ok(kubectl(['apply', '--server-side', '-f', '-'], secret(data)));
  expect((await stored()).data).toEqual(data);
});

test('a call that put values back says how many, in its record and its account', async () => {
  await MADE.created();
  const it = await shown();
  records.length = 0;
  expect((await send('PUT', it)).status).toBe(200);
  const putBack = Object.keys(VALUES).length;
  expect(records).toMatchObject([{ verb: 'update', putBack }]);
  expect(governed.ended.at(-1)).toMatchObject({ putBack, status: 200 });
  expect(JSON.stringify(records)).not.toContain(VALUES.password);
});

test('an agent whose RBAC has no get writes nothing, and is told so', async () => {
  let bearer = '';
  const present = async () => ({ kind: 'presented' as const, bearer });
  await using without = await govern(cluster, 'no-get', { credential: { present } });
  entitle(without);
  const made = (...args: string[]) => ok(cluster.kubectl([...args, '-n', without.namespace]));
  await made('create', 'serviceaccount', 'no-get');
  await made('create', 'role', 'no-get', '--verb=update,patch', '--resource=secrets');
  const account = `--serviceaccount=${without.namespace}:no-get`;
  await made('create', 'rolebinding', 'no-get', '--role=no-get', account);
  await made('create', 'secret', 'generic', 'web', '--from-literal=a=b');
  bearer = (await made('create', 'token', 'no-get')).trim();
  const answered = await without.agent.call('h1', {
    method: 'PATCH',
    path: `/api/v1/namespaces/${without.namespace}/secrets/web`,
    headers: { 'content-type': PATCH.merge },
    body: '{"metadata":{"labels":{"a":"b"}}}',
  });
  expect(refusalOf(answered)).toBe('403 LiveForbidden');
  expect(answered.json().message).toMatch(/Ask the owners of the agent's RBAC for get on this object\./);
});
