// What an agent may not write of a Secret whose values it never saw: refused with the key, and nothing has changed.
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../adversarial/answers.ts';
import { govern } from '../adversarial/governed.ts';
import { ok } from '../cluster/pods.ts';
import { base64, entitle, openStage, PATCH, saved } from './write-back-stage.ts';

const {
  agent,
  asAdmin,
  cluster,
  created,
  governed,
  kubectl,
  merge,
  namespace,
  now,
  operate,
  path,
  secret,
  send,
  shown,
  stored,
  VALUES,
} = await openStage('write-back-refused');

const copy = (hidden: string) => ({
  ...secret({ copied: hidden }),
  metadata: { name: `${now.name}-copy`, namespace },
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
        send('PATCH', copy(hidden), {
          of: `${now.name}-copy`,
          type: PATCH.apply,
          query: '?fieldManager=a',
        }),
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
          body: JSON.stringify({ metadata: { name: now.name }, data: { 'copy.txt': hidden } }),
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
    await created();
    const before = await stored();
    const answered = await write((await shown()).data.password);
    expect(refusalOf(answered)).toBe(`403 ${code}`);
    expect(answered.json().message).toMatch(message);
    expect(await stored()).toEqual(before);
  });

  test('of a key that is gone', async () => {
    await created();
    const file = saved(await shown());
    await asAdmin('PATCH', { data: { empty: null } }, { type: PATCH.merge });
    const before = await stored();
    const { stderr } = await kubectl(['replace', '-f', '-'], file);
    expect(stderr).toMatch(/the sentinel at data\S+ stands for a value that may have changed/);
    expect(await stored()).toEqual(before);
  });

  test('of a value that another has changed', async () => {
    await created();
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
    await created();
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
    await created();
    const reveal = {
      namespaces: [namespace],
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: [now.name],
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
    await created();
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
