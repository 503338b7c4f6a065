// `chaperone run … -- COMMAND`: what the command may do, what it is given, and how it ends.
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seed } from '../../search/seeds.ts';
import { type Bench, openBench } from './bench.ts';
import { policyFor } from './policy.ts';

let bench: Bench;
let policy: string;
const VALUE = seed('chaperone run');

beforeAll(async () => {
  bench = await openBench('run-command');
  policy = await bench.file('policy.yaml', [policyFor(bench.namespace)]);
  const made = await bench.cluster.kubectl([
    ...['create', 'secret', 'generic', 'web', '-n', bench.namespace, `--from-literal=password=${VALUE}`],
  ]);
  expect(made.code).toBe(0);
});
afterAll(() => bench?.[Symbol.asyncDispose]());

const governed = (...command: string[]) => ['run', '--policy', policy, '--', ...command];
const shell = (script: string) => governed('sh', '-c', script);

describe('what an unmodified client may do', () => {
  it('lets through what the policy covers, masks Secrets, refuses the rest, and sums it up', async () => {
    const ended = await bench.run(
      shell('kubectl get secret web -o yaml && kubectl get secrets && kubectl delete configmap absent'),
    );
    expect(ended.stdout).toMatch(/name: web/);
    expect(ended.stdout).not.toContain(Buffer.from(VALUE).toString('base64'));
    expect(ended.stderr).toMatch(/\(Forbidden\): chaperone refuses delete configmaps "absent"/);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^chaperone: \d+ allowed, 1 denied, 1 masked \(1 value\)$/m);
    expect(ended.stderr).toMatch(/^ +1 {2}NoRule {2}delete configmaps absent -n run-command/m);
    const arrived = (await bench.cluster.audit.calls()).filter(
      ({ objectRef, verb }) => objectRef?.namespace === bench.namespace && verb === 'delete',
    );
    expect(arrived).toEqual([]);
  });

  it('governs helm too', async () => {
    const listed = await bench.run(governed('helm', 'list'));
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^NAME\s/) });
    const refused = await bench.run(governed('helm', 'list', '-n', 'kube-system'));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/chaperone refuses list secrets/);
  });

  it('passes stdin on', async () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'from-stdin' }, data: { a: 'b' } };
    const input = JSON.stringify(map);
    const ended = await bench.run(governed('kubectl', 'apply', '-f', '-'), { input });
    expect(ended).toMatchObject({ code: 0, stdout: 'configmap/from-stdin created\n' });
  });

  it('keeps one record a call in a private file that it names at the end', async () => {
    const ended = await bench.run(governed('kubectl', 'get', 'pods'));
    const path = /^ {2}records: (.+)$/m.exec(ended.stderr)?.[1] ?? '';
    const records = (await readFile(path, 'utf8')).trimEnd().split('\n');
    const verbs = records.map((line) => (JSON.parse(line) as { verb: string; resource?: string }).verb);
    expect(verbs).toContain('list');
    expect(verbs).toHaveLength(Number(/(\d+) allowed/.exec(ended.stderr)?.[1]));
  });
});

describe('what the command is given', () => {
  it('is a kubeconfig of its own that only this user can read, and that is gone afterwards', async () => {
    const look = [
      'cd "$(dirname "$KUBECONFIG")"',
      'stat -c "%n %a" . *',
      'grep -v BEGIN *',
      'echo "at $KUBECONFIG"',
    ].join('; ');
    const ended = await bench.run(shell(look));
    expect(ended.stdout).toMatch(/^\. 700\nconfig 600\nconfig\.ca\.crt 600\nconfig\.token 600\n/);
    expect(ended.stdout).toMatch(new RegExp(`^at ${bench.temporary}/chaperone-run-\\w+/config$`, 'm'));
    expect(ended.stdout).not.toContain(bench.token);
    expect(ended.stdout).not.toContain(bench.cluster.server);
    expect(await readdir(bench.temporary)).toEqual([]);
  });

  it("keeps the person's namespace", async () => {
    const ended = await bench.run(governed('kubectl', 'config', 'view', '--minify'));
    expect(ended.stdout).toContain(`namespace: ${bench.namespace}`);
  });

  it('has nothing in its environment that leads a tool around the sidecar', async () => {
    const env = { HELM_KUBEAPISERVER: bench.cluster.server, HELM_KUBETOKEN: bench.token, NO_PROXY: 'corp' };
    const ended = await bench.run(governed('env'), { env });
    expect(ended.stdout).not.toContain(bench.token);
    expect(ended.stdout).not.toContain(bench.cluster.server);
    expect(ended.stdout).toMatch(/^NO_PROXY=corp,127\.0\.0\.1,::1,localhost$/m);
  });
});

describe('how it ends', () => {
  it.each([
    ['its own exit code', ['sh', '-c', 'exit 7'], 7],
    ['128 and the signal that ended it', ['sh', '-c', 'kill -KILL $$'], 137],
  ])('with %s', async (_what, command, code) => {
    expect(await bench.run(governed(...command))).toMatchObject({ code });
  });

  it('with 127 and a line where the command is not there, with 126 where it cannot be run', async () => {
    const absent = await bench.run(governed('no-such-command'));
    expect(absent).toMatchObject({
      code: 127,
      stderr: expect.stringMatching(/^chaperone: no-such-command: command not found$/m),
    });
    const file = await bench.file('plain', 'no program');
    const barred = await bench.run(governed(file));
    expect(barred).toMatchObject({ code: 126, stderr: expect.stringMatching(/cannot be run: EACCES$/m) });
  });

  const COUNTS = `trap 'echo INT' INT; trap 'echo TERM; exit 3' TERM; echo ready; while :; do sleep 0.05; done`;

  it('passes a signal on once, and goes on until the command ends', async () => {
    const running = bench.start(shell(COUNTS));
    await running.says(/^ready$/m);
    running.signal('SIGINT');
    await running.says(/^INT$/m);
    running.signal('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 3, stdout: 'ready\nINT\nTERM\n' });
    expect(await readdir(bench.temporary)).toEqual([]);
  });

  it('leaves a Ctrl-C to the terminal, which has already given it to the command', async () => {
    const counter = `let n = 0;
      process.on('SIGINT', () => console.log('INT', ++n)).on('SIGTERM', () => process.exit(5));
      setInterval(() => {}, 1000); console.log('ready', process.ppid)`;
    const args = governed(process.execPath, '--eval', counter);
    const running = bench.startInTerminal(args);
    const [, pid] = await running.says(/ready (\d+)/);
    running.type('\x03');
    await running.says(/INT 1/);
    // Passed on in order: a second SIGINT would have come before it.
    process.kill(Number(pid), 'SIGTERM');
    expect(await running.ended).toMatchObject({ code: 5, stdout: expect.not.stringContaining('INT 2') });
  });
});
