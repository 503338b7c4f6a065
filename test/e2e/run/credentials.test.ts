// The credentials that a kubeconfig may hold, each against the real API server: its audit log says who came.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, openBench } from './bench.ts';
import { policyFor } from './policy.ts';

let bench: Bench;
let policy: string;

beforeAll(async () => {
  bench = await openBench('run-credentials');
  policy = await bench.file('policy.yaml', [policyFor(bench.namespace)]);
});
afterAll(() => bench?.[Symbol.asyncDispose]());

const governed = (kubeconfig: string, ...command: string[]) => [
  ...['run', '--policy', policy, '--kubeconfig', kubeconfig, '--', ...command],
];
const getPods = () => ['kubectl', 'get', 'pods', '-n', bench.namespace];

async function whoCame(seen: number): Promise<(string | undefined)[]> {
  const calls = (await bench.cluster.audit.calls()).slice(seen);
  return calls
    .filter(({ objectRef }) => objectRef?.namespace === bench.namespace && objectRef.resource === 'pods')
    .map(({ user }) => user.username);
}

/** A plugin as cloud vendors ship them, in shell: it prints what `status` evaluates to. */
const plugin = (script: string) => `#!/bin/sh\n${script}\n`;
const credential = (status: string) =>
  `printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":%s}' ${status}`;
const exec = (command: string, more: object = {}) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command, ...more },
});

it('presents a token file, as it is now', async () => {
  await bench.file('token', `${bench.token}\n`);
  const kubeconfig = await bench.kubeconfigFor('token-file.conf', { tokenFile: 'token' });
  expect(await bench.run(governed(kubeconfig, ...getPods()))).toMatchObject({ code: 0 });
});

it('presents a client certificate', async () => {
  const seen = (await bench.cluster.audit.calls()).length;
  expect(await bench.run(governed(bench.cluster.kubeconfig, ...getPods()))).toMatchObject({ code: 0 });
  expect(await whoCame(seen)).toEqual(['kubernetes-super-admin']);
});

it('asks an exec plugin, which is told what client-go tells it', async () => {
  const script = `[ "$GREETING" = hello ] && [ "$1" = login ] || exit 9
case "$KUBERNETES_EXEC_INFO" in *'"server":"${bench.cluster.server}"'*) ;; *) exit 8 ;; esac
${credential(`'{"token":"${bench.token}"}'`)}`;
  await bench.file('plugin.sh', plugin(script), 0o700);
  const user = exec('./plugin.sh', {
    args: ['login'],
    env: [{ name: 'GREETING', value: 'hello' }],
    provideClusterInfo: true,
  });
  const ended = await bench.run(governed(await bench.kubeconfigFor('exec.conf', user), ...getPods()));
  expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('cannot be had') });
});

it('refuses calls while a plugin fails, says so once, and lets nothing out of what the plugin said', async () => {
  await bench.file('broken.sh', plugin('echo "password: s3cr3t-of-the-plugin" >&2; exit 3'), 0o700);
  const kubeconfig = await bench.kubeconfigFor('broken.conf', exec('./broken.sh'));
  const ended = await bench.run(governed(kubeconfig, ...getPods()));
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/^Error from server \(ServiceUnavailable\)/m);
  expect(ended.stderr.match(/^chaperone: the credential of user "person" cannot be had.*$/gm)).toEqual([
    'chaperone: the credential of user "person" cannot be had, and calls are refused: ' +
      'the exec plugin broken.sh ended with exit code 3; run it by hand to see why',
  ]);
  expect(ended.stderr).toMatch(/^ +\d+ {2}CredentialUnreadable {2}/m);
  expect(ended.stderr + ended.stdout).not.toContain('s3cr3t');
});

it('takes up a token that a plugin has rotated', async () => {
  const [first, second] = [await bench.tokenOf('before'), await bench.tokenOf('after')];
  const script = `end=$(date -u -d '+1 second' +%Y-%m-%dT%H:%M:%SZ)
token=${first}; [ -e asked ] && token=${second}; touch asked
${credential(`"{\\"token\\":\\"$token\\",\\"expirationTimestamp\\":\\"$end\\"}"`)}`;
  const path = await bench.file('rotating.sh', plugin(`cd "$(dirname "$0")"\n${script}`), 0o700);
  const kubeconfig = await bench.kubeconfigFor('rotating.conf', exec(path));
  const seen = (await bench.cluster.audit.calls()).length;
  const loop = `until [ -e ${bench.folder}/done ]; do ${getPods().join(' ')} || exit 1; done`;
  const running = bench.start(governed(kubeconfig, 'sh', '-c', loop));
  const name = (of: string) => `system:serviceaccount:${bench.namespace}:${of}`;
  await bench.cluster.audit.until(({ user }) => user.username === name('after'), 'the rotated token');
  await bench.file('done', '');
  expect(await running.ended).toMatchObject({ code: 0 });
  const came = await whoCame(seen);
  expect(new Set(came)).toEqual(new Set([name('before'), name('after')]));
  expect(came).toEqual(came.toSorted((a, b) => Number(a === name('after')) - Number(b === name('after'))));
});
