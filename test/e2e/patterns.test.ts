// Texts that the policy's patterns hide, before the real API server and a real kubelet: in every form in which an object
// comes, in logs, and put back into what is written.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PROTOCOLS, type Protocol } from '../adversarial/agent.ts';
import type { Json } from '../adversarial/answers.ts';
import { widely } from '../adversarial/widely.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, ok } from '../cluster/pods.ts';
import { known, seed } from '../search/seeds.ts';
import { bothWays } from './invisible.ts';

const cluster = await suiteCluster();
const ways = await bothWays(cluster, 'patterns');
const { governed, direct, through, namespace } = ways;
afterAll(() => ways[Symbol.asyncDispose]());

const masking = {
  wellKnown: true as const,
  patterns: [
    { name: 'door-key', pattern: String.raw`(?i)door[_-]?key["\\]*[=: ]+["\\]*(?P<hide>[A-Za-z0-9]+)` },
  ],
};
const rules = widely(namespace);
const core = `/api/v1/namespaces/${namespace}`;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MARKER = /chaperone: hidden value [0-9a-f]{48}/;
const KEY_WORDS = '(hidden by chaperone: door-key)';

const door = seed('a door key that a pattern hides');
const token = known('a token of a well-known shape', `${'gh'}p_${seed('its letters')}`);
const pem = known(
  'the lines of a private key',
  seed('one line of a private key')
    .repeat(3)
    .match(/.{1,64}/g)
    ?.join('\n') ?? '',
);
const key = `-----BEGIN EC PRIVATE KEY-----\n${pem}\n-----END EC PRIVATE KEY-----`;
const LINES = ['port: 80', `door-key: ${door}`, `token ${token} here`, key, 'end: yes'];

const configMap = (name: string, data: object = { 'app.yaml': LINES.join('\n'), DOOR_KEY: door }) => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { [LAST_APPLIED]: `${JSON.stringify(object)}\n` } },
  };
};
const withEnv = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'none',
            args: [`--token=${token}`],
            env: [{ name: 'DOOR_KEY', value: door }],
          },
        ],
      },
    },
  },
});

const entitle = (over: object = {}) => governed.entitle({ rules, masking, ...over });
beforeAll(async () => {
  await create(cluster, configMap('web'), withEnv('web'), configMap('open', { a: 'door-key: 1234' }));
});
beforeEach(() => entitle());

const leaks = (text: string) =>
  [door, token, pem.slice(0, 64), inBase64(key)].filter((value) => text.includes(value));
const fresh = () => randomBytes(20).toString('hex');
const inBase64 = (text: string) => Buffer.from(text).toString('base64').slice(0, 60);
const stored = async (name = 'web', kind = 'configmaps'): Promise<Json> =>
  (
    await direct.call('h2', {
      path: `${kind === 'configmaps' ? core : `/apis/apps/v1/namespaces/${namespace}`}/${kind}/${name}`,
    })
  ).json();
const ask = (protocol: Protocol, path: string, accept = 'application/json') =>
  through.call(protocol, { path, headers: { accept, 'accept-encoding': 'gzip' } });
const write = (method: string, path: string, body: unknown, type = 'application/json') =>
  through.call('h2', { method, path, headers: { 'content-type': type }, body: JSON.stringify(body) });
const refusal = (answered: { json(): Json }) => answered.json().details?.causes?.[0]?.reason;

const MERGE = 'application/merge-patch+json';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
describe.each(PROTOCOLS)('over %s', (protocol) => {
  test.each([
    ['an object', 'configmaps/web', 'application/json'],
    [
      'an object for a client that prefers protobuf',
      'configmaps/web',
      'application/vnd.kubernetes.protobuf, */*',
    ],
    ['a list', 'configmaps', 'application/json'],
    ['a Table with objects', 'configmaps?includeObject=Object', TABLE],
    ['a Table', 'configmaps', TABLE],
    [
      'metadata alone',
      'configmaps/web',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
    ],
  ])('%s shows nothing that a pattern finds', async (_form, path, accept) => {
    const answered = await ask(protocol, `${core}/${path}`, accept);
    expect(answered.status).toBe(200);
    const text = answered.body.toString();
    expect(leaks(text)).toEqual([]);
    expect(text).toMatch(path === 'configmaps' && accept === TABLE ? /LAST|annotations/ : MARKER);
    expect(answered.headers['content-encoding']).toBeUndefined();
  });

  test('a watch shows nothing of it either, and is cut when the policy hides more', async () => {
    entitle({ masking: { wellKnown: true } });
    const of = `${core}/configmaps?watch=1&fieldSelector=metadata.name=web&allowWatchBookmarks=true`;
    const stream = await through.stream(protocol, { path: of, reveals: [door] });
    expect(leaks(await stream.until(/"ADDED"[^\n]*\n/))).toEqual([door]);
    entitle();
    const text = await stream.until(/MaskingAdded/);
    expect(text.slice(text.indexOf('"ERROR"'))).toContain('hides more now');
    const masked = await through.stream(protocol, { path: of });
    expect(leaks(await masked.until(/"ADDED"[^\n]*\n/))).toEqual([]);
    masked.abort();
  });
});

test('an environment variable is hidden for its name, an argument for its shape, and an error that quotes them', async () => {
  const apps = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
  const shown = (await ask('h2', apps)).json();
  const [{ args, env }] = shown.spec.template.spec.containers;
  expect([args[0], env[0].value]).toEqual([
    expect.stringMatching(/^--token=chaperone: hidden/),
    expect.stringMatching(MARKER),
  ]);
  const bad = { data: { [`no key/door-key=${door}`]: token } };
  const answered = await write('PATCH', `${core}/configmaps/web`, bad, 'application/merge-patch+json');
  expect(answered.status).toBe(422);
  expect(leaks(answered.body.toString())).toEqual([]);
  expect(answered.json().message).toMatch(/^ConfigMap "web" is invalid: .*may quote hidden values/);
  const open = `${core}/configmaps/open`;
  const quoted = await write('PATCH', open, { metadata: { labels: { a: `door-key:${door}` } } }, MERGE);
  expect(quoted.json().message).toContain(`door-key:${KEY_WORDS}`);
});

test('without patterns an answer streams through untouched', async () => {
  entitle({ masking: undefined });
  const path = `${core}/configmaps/open`;
  const [answered, plain] = await Promise.all([ask('h1', path), direct.call('h1', { path })]);
  expect(answered.body.toString()).toContain('door-key: 1234');
  expect(answered.body.equals(plain.body)).toBe(true);
  expect(answered.headers['content-length']).toBeDefined();
});

describe('written back', () => {
  const path = `${core}/configmaps/edited`;
  const stored_ = () => stored('edited');
  const shown = async (): Promise<Json> => (await ask('h2', path)).json();
  beforeEach(async () => {
    await ok(cluster.kubectl(['delete', 'configmap', 'edited', '-n', namespace, '--ignore-not-found']));
    await create(cluster, configMap('edited'));
  });

  test('an object as it was shown, with another line changed, leaves what is hidden as it is', async () => {
    const before = await stored_();
    const object = await shown();
    object.data['app.yaml'] = object.data['app.yaml'].replace('port: 80', 'port: 8080');
    const answered = await write('PUT', path, object);
    expect(answered.status).toBe(200);
    expect(leaks(answered.body.toString())).toEqual([]);
    const { data, metadata } = await stored_();
    expect(data).toEqual({ 'app.yaml': LINES.join('\n').replace('port: 80', 'port: 8080'), DOOR_KEY: door });
    expect(metadata.annotations[LAST_APPLIED]).toBe(before.metadata.annotations[LAST_APPLIED]);
    expect(governed.records.at(-1)).toMatchObject({ putBack: expect.any(Number) });
  });

  test('kubectl applies a file that was saved from what was shown', async () => {
    const { data } = await shown();
    const saved = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'edited', namespace, labels: { seen: 'yes' } },
      data,
    };
    const apply = (object: Json, ...more: string[]) =>
      cluster.kubectl(['apply', ...more, '-f', '-'], {
        input: JSON.stringify(object),
        kubeconfig: governed.kubeconfig,
      });
    expect(await apply(saved)).toMatchObject({ code: 0, stderr: '' });
    const { data: kept, metadata } = await stored_();
    expect(kept).toEqual(configMap('edited').data);
    expect(metadata.annotations[LAST_APPLIED]).not.toContain('hidden value');
    await ok(cluster.kubectl(['annotate', 'configmap', 'edited', '-n', namespace, `${LAST_APPLIED}-`]));
    const again = { ...saved, data: (await shown()).data };
    expect(await apply(again, '--server-side', '--force-conflicts')).toMatchObject({ code: 0, stderr: '' });
    expect((await stored_()).data).toEqual(configMap('edited').data);
  });

  test('patches of every form put back what is at its place', async () => {
    const forms: [string, (data: Json) => unknown][] = [
      ['application/merge-patch+json', (data) => ({ data })],
      ['application/strategic-merge-patch+json', (data) => ({ data })],
      [
        'application/json-patch+json',
        ({ DOOR_KEY }) => [
          { op: 'test', path: '/data/DOOR_KEY', value: DOOR_KEY },
          { op: 'replace', path: '/data/DOOR_KEY', value: DOOR_KEY },
          { op: 'add', path: '/data/n', value: '1' },
        ],
      ],
    ];
    for (const [type, body] of forms) {
      const answered = await write('PATCH', path, body((await shown()).data), type);
      expect(answered.status, type).toBe(200);
      expect((await stored_()).data, type).toMatchObject(configMap('edited').data);
    }
  });

  test.each<[string, string, string, (data: Json) => unknown, string?]>([
    [
      'a sentinel of another place',
      'SentinelMisplaced',
      'application/merge-patch+json',
      ({ DOOR_KEY }) => ({ data: { other: DOOR_KEY } }),
    ],
    [
      'a line that is changed around it',
      'SentinelMisplaced',
      'application/merge-patch+json',
      (data) => ({ data: { 'app.yaml': data['app.yaml'].replace('token ', '') } }),
    ],
    [
      'a guess in a dry run',
      'HiddenTextOverwritten',
      'application/merge-patch+json',
      () => ({ data: { DOOR_KEY: door } }),
      '?dryRun=All',
    ],
    [
      'a guess in an apply without force',
      'HiddenTextOverwritten',
      'application/apply-patch+yaml',
      () => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'edited' }, data: { DOOR_KEY: door } }),
      '?fieldManager=guess',
    ],
    [
      'a guess in a test',
      'HiddenTextOverwritten',
      'application/json-patch+json',
      () => [{ op: 'test', path: '/data/DOOR_KEY', value: door }],
    ],
    [
      'a copy',
      'HiddenCarried',
      'application/json-patch+json',
      () => [{ op: 'copy', from: '/data/DOOR_KEY', path: '/data/shown' }],
    ],
  ])('%s is refused', async (_name, code, type, body, query = '') => {
    const before = await stored_();
    const answered = await write('PATCH', `${path}${query}`, body((await shown()).data), type);
    expect([answered.status, refusal(answered)]).toEqual([403, code]);
    expect(await stored_()).toEqual(before);
  });

  test('a sentinel from before a change is stale, and one in what is created is refused', async () => {
    const { data } = await shown();
    await ok(cluster.kubectl(['label', 'configmap', 'edited', '-n', namespace, 'a=b']));
    const stale = await write(
      'PATCH',
      path,
      { data: { DOOR_KEY: data.DOOR_KEY } },
      'application/merge-patch+json',
    );
    expect([stale.status, refusal(stale)]).toEqual([403, 'SentinelStale']);
    const made = await write('POST', `${core}/configmaps`, { ...configMap('made'), data });
    expect([made.status, refusal(made)]).toEqual([403, 'SentinelInWrite']);
  });

  test('a hidden text is replaced once its field has been removed, and what hides nothing is written as ever', async () => {
    const put = async (value: string | null) =>
      (await write('PATCH', path, { data: { DOOR_KEY: value } }, MERGE)).status;
    expect([await put('open'), await put(null), await put('open')]).toEqual([403, 200, 200]);
    expect((await stored_()).data).toMatchObject({ DOOR_KEY: 'open', 'app.yaml': LINES.join('\n') });
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fresh' }, data: { a: '1' } };
    const fresh = `${core}/configmaps/fresh?fieldManager=test`;
    for (const query of ['&dryRun=All', '', '&dryRun=All', '']) {
      const made = await write('PATCH', `${fresh}${query}`, applied, 'application/apply-patch+yaml');
      expect(made.status, query).toBeLessThan(202);
    }
  });
});

describe('a log', () => {
  // The log itself is searched too, and holds them.
  const said = {
    TOKEN: `${'gh'}p_${fresh()}`,
    PEM: key.replace(pem, fresh()),
    DOOR: fresh(),
  };
  const secrets = [said.TOKEN, said.PEM.split('\n')[1] ?? '', said.DOOR];
  const half = said.TOKEN.length / 2;
  const says = [
    'echo start',
    `printf 'a token %s' "${'$'}(echo $TOKEN | cut -c1-${half})"`,
    'sleep 0.2',
    `printf '%s in two\\n' "${'$'}(echo $TOKEN | cut -c${half + 1}-)"`,
    'echo "$PEM"',
    'echo "door_key=$DOOR"',
    'printf "waiting\\n"',
    'sleep infinity',
  ].join('; ');
  const fromSecret = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: 'said', key: name } } });
  const path = `${core}/pods/talker/log`;

  beforeAll(async () => {
    await create(
      cluster,
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'said', namespace },
        stringData: said,
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'talker', namespace },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'talker',
              image: AGENT_IMAGE,
              imagePullPolicy: 'Never',
              args: ['-c', says],
              env: Object.keys(said).map(fromSecret),
            },
          ],
        },
      },
    );
    await ok(
      cluster.kubectl(['wait', '-n', namespace, '--for=condition=Ready', 'pod/talker', '--timeout=60s']),
    );
  });

  const EXPECTED = [
    'start',
    'a token (hidden by chaperone: github-token) in two',
    '(hidden by chaperone: private-key)',
    `door_key=${KEY_WORDS}`,
    'waiting',
    '',
  ].join('\n');

  test.each(PROTOCOLS)(
    'followed over %s shows each line as it comes, with words for what is hidden',
    async (protocol) => {
      const stream = await through.stream(protocol, { path: `${path}?follow=true` });
      expect(stream.headers['content-type']).toContain('text/plain');
      expect(await stream.until(/waiting\n/)).toBe(EXPECTED);
      entitle({
        masking: { ...masking, patterns: [...masking.patterns, { name: 'more', pattern: 'waiting' }] },
      });
      expect((await stream.end).how).toBe('complete');
      entitle();
      const timed = await through.call(protocol, { path: `${path}?timestamps=true` });
      expect(
        timed.body
          .toString()
          .split('\n')
          .map((line) => line.replace(/^\S+Z /, '')),
      ).toEqual(EXPECTED.split('\n'));
    },
  );

  test('cut at any byte shows no part of a secret', async () => {
    const plain = (await direct.call('h2', { path })).body.toString();
    for (const secret of secrets) {
      const at = plain.indexOf(secret);
      expect(at).toBeGreaterThan(0);
      for (const bytes of [at + 8, at + secret.length / 2, at + secret.length - 1, at + secret.length]) {
        const { body } = await through.call('h2', { path: `${path}?limitBytes=${bytes}` });
        for (const value of secrets) expect(body.toString(), `${bytes}`).not.toContain(value.slice(0, 8));
      }
    }
  });

  test('that is not there is an error as ever', async () => {
    const answered = await through.call('h1', { path: `${core}/pods/nobody/log` });
    expect([answered.status, answered.json().reason]).toEqual([404, 'NotFound']);
  });
});
