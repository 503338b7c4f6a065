// Releases of Helm in the hands of an unmodified helm that never sees a value of their Secrets: what works, what is refused
// and how, and that a policy can name releases in which nothing is hidden.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import type { Json } from '../adversarial/answers.ts';
import { govern } from '../adversarial/governed.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { run } from '../cluster/run.ts';
import { seed } from '../search/seeds.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'helm-releases');
const { namespace } = governed;
const RULES: Rule[] = [
  {
    namespaces: [namespace],
    apiGroups: [''],
    resources: ['secrets', 'configmaps'],
    verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  },
];
governed.entitle({ rules: RULES });
const folder = await mkdtemp(join(tmpdir(), 'helm-releases-'));
afterAll(async () => {
  await governed[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const PASSWORD = seed('a password of a release');
const TOKEN = seed('a token of a release');
/** Of the release that the policy names. */
const OPEN = 'shown-because-the-policy-names-it';
const SENTENCE = /chaperone: hidden value [0-9a-f]{48}/;

const CHARTS = {
  plain: {
    'Chart.yaml': 'apiVersion: v2\nname: plain\nversion: 0.1.0\n',
    'values.yaml': 'greeting: hello\n',
    'templates/config.yaml': configMap('{{ .Values.greeting | quote }}'),
  },
  guarded: {
    'Chart.yaml': 'apiVersion: v2\nname: guarded\nversion: 0.1.0\n',
    'values.yaml': 'greeting: hello\nauth:\n  password: ""\n  token: ""\n',
    'templates/config.yaml': configMap('{{ .Values.greeting | quote }}'),
    'templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
type: Opaque
data:
  password: {{ .Values.auth.password | b64enc }}
stringData:
  config.yaml: |
    url: https://app:{{ .Values.auth.token }}@db/
`,
    'templates/NOTES.txt': 'Log in with {{ .Values.auth.password }}.\n',
  },
};

function configMap(greeting: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  greeting: ${greeting}
`;
}

const chart = (name: keyof typeof CHARTS) => join(folder, name);

beforeAll(async () => {
  for (const [name, files] of Object.entries(CHARTS))
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, name, path);
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, text);
    }
});

const at = (kubeconfig: string) => ({
  ...process.env,
  KUBECONFIG: kubeconfig,
  HELM_CACHE_HOME: folder,
  HELM_CONFIG_HOME: folder,
  HELM_DATA_HOME: folder,
});

/** As the agent; nothing that it says may hold a hidden value. */
async function helm(...args: string[]) {
  const said = await run([cluster.programs.helm, ...args], { env: at(governed.kubeconfig) });
  for (const value of [PASSWORD, TOKEN])
    for (const form of [value, Buffer.from(value).toString('base64').slice(0, -4)])
      expect(`${said.stdout}${said.stderr}`).not.toContain(form);
  return said;
}
const done = async (...args: string[]) => ok(helm(...args));

/** As a person does it, past chaperone. */
const asPerson = (...args: string[]) =>
  ok(run([cluster.programs.helm, ...args, '-n', namespace], { env: at(cluster.kubeconfig) }));
const install = (name: string, password = PASSWORD, token = TOKEN) =>
  asPerson('install', name, chart('guarded'), '--set', `auth.password=${password},auth.token=${token}`);

const get = async (kind: string, name: string): Promise<Json> =>
  JSON.parse(await ok(cluster.kubectl(['get', kind, name, '-n', namespace, '-o', 'json'])));
/** A revision as it is stored. */
async function stored(name: string, revision: number): Promise<Json> {
  const secret = await get('secret', `sh.helm.release.v1.${name}.v${revision}`);
  const inner = Buffer.from(secret.data.release, 'base64').toString();
  return JSON.parse(gunzipSync(Buffer.from(inner, 'base64')).toString());
}

describe('a release without a Secret', () => {
  test('is installed, upgraded, rolled back and uninstalled as ever', async () => {
    await done('install', 'open', chart('plain'));
    await done('upgrade', 'open', chart('plain'), '--set', 'greeting=hi');
    await done('upgrade', 'open', chart('plain'), '--reuse-values');
    expect(await done('get', 'values', 'open')).toContain('greeting: hi');
    await done('rollback', 'open', '1');
    expect((await get('configmap', 'open')).data.greeting).toBe('hello');
    expect(await done('history', 'open')).toMatch(
      /superseded[\s\S]*superseded[\s\S]*superseded[\s\S]*Rollback to 1/,
    );
    await done('uninstall', 'open');
    expect(await done('list')).not.toContain('open');
  });
});

test('a release with a Secret that the agent installed is its own to upgrade and uninstall', async () => {
  const set = (password: string) => ['--set', `auth.password=${password},auth.token=${password}`];
  await done('upgrade', '--install', 'own', chart('guarded'), ...set('given-by-agent'));
  await done('upgrade', '--install', 'own', chart('guarded'), ...set('given-by-agent'));
  await done('upgrade', 'own', chart('guarded'), ...set('another-of-agent'), '--server-side=false');
  expect(Buffer.from((await get('secret', 'own')).data.password, 'base64').toString()).toBe(
    'another-of-agent',
  );
  expect(await done('history', 'own')).toMatch(/1\s.*superseded[\s\S]*2\s.*superseded[\s\S]*3\s.*deployed/);
  await done('uninstall', 'own');
});

describe('a release with a Secret that a person installed', () => {
  beforeAll(() => install('web'));

  test('is listed, and told of, without a value', async () => {
    expect(await done('list')).toMatch(/web\s.*deployed\s+guarded-0\.1\.0/);
    expect(await done('history', 'web')).toContain('Install complete');
    expect(await done('status', 'web')).toContain('STATUS: deployed');
    for (const part of ['values', 'manifest', 'notes', 'all']) {
      const said = await done('get', part, 'web');
      expect(`${said}${Buffer.from(/password: (\S{96})/.exec(said)?.[1] ?? '', 'base64')}`, part).toMatch(
        SENTENCE,
      );
    }
    expect(await done('get', 'metadata', 'web')).toMatch(/CHART: guarded\s[\s\S]*STATUS: deployed/);
    expect(await done('get', 'hooks', 'web')).toBe('');
    expect(await done('get', 'manifest', 'web')).toContain('greeting: "hello"');
    expect(await done('get', 'values', 'web')).toMatch(/auth:\n {2}password: 'chaperone: hidden/);
  });

  test('is upgraded with new values, and keeps its history', async () => {
    const before = await stored('web', 1);
    const given = [
      '--reset-values',
      '--set',
      'auth.password=chosen-by-agent,auth.token=another-one,greeting=hi',
    ];
    await done('upgrade', 'web', chart('guarded'), ...given);
    expect(Buffer.from((await get('secret', 'web')).data.password, 'base64').toString()).toBe(
      'chosen-by-agent',
    );
    expect((await get('configmap', 'web')).data.greeting).toBe('hi');
    expect(await stored('web', 1)).toEqual({ ...before, info: { ...before.info, status: 'superseded' } });
    expect(await done('history', 'web')).toMatch(/1\s.*superseded[\s\S]*2\s.*deployed/);
  });

  test('is not upgraded with the values that it has, nor rolled back, and says what to do', async () => {
    for (const args of [
      ['upgrade', 'web', chart('guarded')],
      ['upgrade', 'web', chart('guarded'), '--reuse-values', '--set', 'greeting=hey'],
      ['rollback', 'web', '1'],
    ]) {
      const { code, stderr } = await helm(...args);
      expect([code, stderr], args.join(' ')).toEqual([1, expect.stringContaining('masking.releases')]);
    }
    expect(await done('history', 'web')).not.toMatch(/^3/m);
  });

  test('is uninstalled, and its history kept where that was asked for', async () => {
    await install('kept');
    const before = await stored('kept', 1);
    await done('uninstall', 'kept', '--keep-history');
    const after = await stored('kept', 1);
    expect(after).toEqual({ ...before, info: { ...after.info, notes: before.info.notes } });
    expect(after.info.status).toBe('uninstalled');
    await done('uninstall', 'web');
    expect(await done('list')).not.toContain('web');
    expect((await cluster.kubectl(['get', 'secret', 'web', '-n', namespace])).stderr).toContain('NotFound');
  });
});

describe('a release that the policy names', () => {
  beforeAll(async () => {
    await install('shown', OPEN, OPEN);
    governed.entitle({ rules: RULES, masking: { releases: [{ namespace, name: 'shown' }] } });
  });

  test('is upgraded with the values that it has, and rolled back, and every record says so', async () => {
    await done('upgrade', 'shown', chart('guarded'), '--reuse-values', '--set', 'greeting=hi');
    expect((await get('configmap', 'shown')).data.greeting).toBe('hi');
    await done('rollback', 'shown', '1');
    expect((await get('configmap', 'shown')).data.greeting).toBe('hello');
    expect(Buffer.from((await get('secret', 'shown')).data.password, 'base64').toString()).toBe(OPEN);
    expect(await done('get', 'values', 'shown')).toContain(OPEN);
    const lists = governed.records.filter(({ verb, releases }) => verb === 'list' && releases !== undefined);
    expect(lists.map(({ releases }) => releases)).toContain(`${namespace}/shown`);
  });
});
