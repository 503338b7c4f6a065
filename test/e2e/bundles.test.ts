// What is shipped needs nothing beside it: each bundle runs in an empty directory. The sidecar's and the controller's serve
// whole pods in pod.test.ts, from an image that holds nothing else.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { run } from '../cluster/run.ts';

const cluster = await suiteCluster();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaperone-bundle-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function bundle(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const path = join(folder, name);
  await copyFile(join(import.meta.dirname, '../../dist', name), path);
  return run([process.execPath, path, ...args], { env: { PATH: process.env.PATH, HOME: folder, ...env } });
}

test('the cli governs one call of kubectl', async () => {
  const policy = {
    apiVersion: 'chaperone.dev/v1alpha1',
    kind: 'AgentPolicy',
    metadata: { name: 'bundle' },
    spec: {
      standing: {
        lifetime: '1h',
        rules: [{ namespaces: ['default'], apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
      },
    },
  };
  const file = join(folder, 'policy.yaml');
  await writeFile(file, JSON.stringify(policy));
  const kubectl = [
    cluster.programs.kubectl,
    'get',
    'configmap',
    'kube-root-ca.crt',
    '-n',
    'default',
    '-o',
    'name',
  ];
  const args = ['run', '--policy', file, '--kubeconfig', cluster.kubeconfig, '--', ...kubectl];
  expect(await bundle('cli.mjs', args)).toMatchObject({ code: 0, stdout: 'configmap/kube-root-ca.crt\n' });
});

test.each([
  ['sidecar.mjs', 'CHAPERONE_CONTROLLER'],
  ['controller.mjs', 'CHAPERONE_NAMESPACE'],
])('%s says in one line which variable it misses, and exits 64', async (name, variable) => {
  const { code, stderr } = await bundle(name, []);
  expect(code).toBe(64);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(variable);
});
