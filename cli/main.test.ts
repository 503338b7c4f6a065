// The command line as a person meets it: a process of its own, from the sources.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function chaperone(...args: string[]) {
  const main = join(import.meta.dirname, 'main.ts');
  const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: join(folder, 'kubeconfig') };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}
const one = (line: string) => ({ status: 64, stdout: '', stderr: `chaperone: ${line}\n` });

it('says what it is, in a terminal of 100 columns, without or with a question', () => {
  const help = chaperone();
  expect(help).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^Usage:\n {2}chaperone /m),
  });
  for (const line of help.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  for (const ask of ['help', '--help', '-h']) expect(chaperone(ask)).toEqual(help);
  expect(chaperone('run', '--help')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/--policy FILE/),
  });
});

it.each([['rum'], ['toString'], ['--version']])('says in one line that there is no command %s', (name) => {
  expect(chaperone(name)).toEqual(one(`there is no command "${name}"; see chaperone help`));
});

it('says in one line, never with a stack trace, what of a run must be changed: from its flags to its last file', () => {
  expect(chaperone('run')).toEqual(one('--policy FILE is required; see chaperone run --help'));
  const config = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: { token: 't' } }],
  };
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config));
  const policy = join(folder, 'policy.yaml');
  expect(chaperone('run', '--policy', policy, '--', 'true')).toEqual(
    one(`--policy ${policy}: it cannot be read: ENOENT`),
  );
});
