// exec, attach, port-forward, cp, debug, logs and watches of unmodified kubectls, old and new, by SPDY and WebSocket: through
// chaperone they do, print and end as directly.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import type { Outcome } from '../cluster/run.ts';
import { type Call, type Kubectl, kubectl, kubectls, startKubectl } from '../streams/kubectls.ts';
import { CLOSED, ECHO, HTTP, OTHER, POD, READER, streamRules, streamStage, WEB } from '../streams/stage.ts';

const cluster = await suiteCluster();
const stage = await streamStage(cluster, 'streams');
const { kubeconfigs, namespace, governed } = stage;
const programs = await kubectls(cluster);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streams-'));
});
/** The lease is a minute's. */
beforeEach(() => governed.entitle({ rules: streamRules(namespace) }));
afterAll(async () => {
  await rm(folder, { recursive: true });
  await stage[Symbol.asyncDispose]();
});

type Way = keyof typeof kubeconfigs;
const WAYS: readonly Way[] = ['direct', 'through'];

/** `{me}` is a name that each way has for itself. */
async function both(by: Kubectl, words: string, input?: Call['input']) {
  const one = (way: Way) => {
    const args = words.split(' ').map((word) => word.replaceAll('{me}', `${way}-${folder.slice(-6)}`));
    return kubectl(by, { args, kubeconfig: kubeconfigs[way], ...(input !== undefined && { input }) });
  };
  const [direct, through] = (await Promise.all(WAYS.map(one))) as [Outcome, Outcome];
  return { direct: comparable(direct), through: comparable(through) };
}

/** But for the id of an exec, which containerd makes up. */
const comparable = ({ stderr, ...outcome }: Outcome): Outcome => ({
  ...outcome,
  stderr: stderr.replaceAll(/[0-9a-f]{64}/g, '…'),
});

const exec = `exec ${POD} -c ${WEB}`;

describe.each(programs.map((by) => [by.name, by] as const))('kubectl %s', (_, by) => {
  const through = (...args: string[]): Call => ({ args, kubeconfig: kubeconfigs.through });

  test.each([
    [
      'its output, apart from its errors, and its exit code',
      `${exec} -- sh -c echo\${IFS}out;echo\${IFS}err>&2;exit\${IFS}3`,
      3,
    ],
    ['the container that it finds itself', `exec ${POD} -- sh -c true`, 0],
    ['what cannot be started', `${exec} -- not-there`, 1],
    ['a pod that is not there', `exec none -c ${WEB} -- sh`, 1],
  ])('exec tells %s', async (_, words, code) => {
    const said = await both(by, words);
    expect(said.through).toEqual(said.direct);
    expect(said.through.code).toBe(code);
  });

  test('exec reads what is piped into it to its end', async () => {
    const input = [randomBytes(300_000), Buffer.from('\n'), randomBytes(700_000)];
    const digest = createHash('sha256').update(Buffer.concat(input)).digest('hex');
    const said = await both(by, `${exec} -i -- sh -c sha256sum;echo\${IFS}end`, input);
    expect(said.through).toEqual(said.direct);
    expect(said.through.stdout).toBe(`${digest}  -\nend\n`);
  });

  test('exec at a terminal has its window, and follows it', async () => {
    const script = 'while stty size; do sleep 0.1; done';
    const args = ['exec', '-it', POD, '-c', WEB, '--', 'sh', '-c', script];
    using terminal = startKubectl(by, through(...args), { rows: 33, columns: 77 });
    await terminal.says(/^33 77\r$/m);
    await terminal.resize(40, 100);
    await terminal.says(/^40 100\r$/m);
    terminal.write('\x03');
    expect((await terminal.ended).code).toBe(130);
  });

  test('a shell at a terminal answers each line, and ends with its last', async () => {
    using shell = startKubectl(by, through('exec', '-it', POD, '-c', WEB, '--', 'sh'), {
      rows: 24,
      columns: 80,
    });
    await shell.says(/\$ /);
    shell.write('echo $((6*7))-$((5+5))\r');
    await shell.says(/^42-10\r$/m);
    shell.write('exit 5\r');
    expect((await shell.ended).code).toBe(5);
  });

  test('attach says what is read, and goes on', async () => {
    const word = `w${Math.random()}`;
    using attached = startKubectl(by, through('attach', '-i', '-q', POD, '-c', READER));
    attached.write(`${word}\n`);
    await attached.says(new RegExp(`^read ${word}$`, 'm'));
  });

  test('port-forward carries connections, and is told which port it may not reach', async () => {
    using forwarding = startKubectl(by, through('port-forward', POD, `:${HTTP}`, `:${CLOSED}`, `:${ECHO}`));
    const localPort = async (port: number) => {
      const line = new RegExp(`127\\.0\\.0\\.1:(\\d+) -> ${port}`);
      const { text } = await forwarding.says(line);
      return Number(line.exec(text)?.[1]);
    };
    const get = async () => (await fetch(`http://127.0.0.1:${await localPort(HTTP)}/etc/passwd`)).text();
    const found = expect.stringContaining('agent:x');
    expect(await Promise.all([get(), get(), get()])).toEqual([found, found, found]);
    const echo = connect(await localPort(ECHO), '127.0.0.1')
      .setEncoding('latin1')
      .on('error', () => {});
    echo.write('still here');
    await once(echo, 'data');
    const closed = connect(await localPort(CLOSED), '127.0.0.1').on('error', () => {});
    closed.write('x');
    // After an error kubectl gives up all of its connections (client-go tools/portforward).
    await forwarding.says(new RegExp(`error occurred forwarding \\d+ -> ${CLOSED}.*chaperone refuses`));
    await forwarding.says(/lost connection to pod/);
    expect((await forwarding.ended).code).toBe(1);
  });

  test('cp brings a file there and back', async () => {
    const bytes = randomBytes(3_000_000);
    const path = join(folder, `there-${by.name.replaceAll(' ', '-')}`);
    await writeFile(path, bytes);
    const there = await both(by, `cp ${path} ${POD}:/tmp/{me} -c ${WEB}`);
    expect(there.through).toEqual(there.direct);
    for (const way of WAYS) {
      const back = join(folder, `back-${way}`);
      const args = ['cp', `${POD}:/tmp/${way}-${folder.slice(-6)}`, back, '-c', WEB];
      const { code, stderr } = await kubectl(by, { args, kubeconfig: kubeconfigs[way] });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect((await readFile(back)).equals(bytes)).toBe(true);
    }
  });

  test('logs -f and get -w show each line as it comes', async () => {
    using logs = startKubectl(by, through('logs', '-f', POD, '-c', READER));
    using watch = startKubectl(by, through('get', 'pods', '-w', '-o', 'jsonpath={.metadata.labels}{"\\n"}'));
    await watch.says(/^/);
    for (const round of [1, 2, 3]) {
      const word = `w${round}-${Math.random()}`;
      const args = ['attach', '-i', '-q', POD, '-c', READER];
      using attached = startKubectl(by, { args, kubeconfig: kubeconfigs.direct });
      const beganMs = performance.now();
      attached.write(`${word}\n`);
      const said = await attached.says(new RegExp(word));
      const shown = await logs.says(new RegExp(`^read ${word}$`, 'm'));
      expect(shown.atMs - said.atMs).toBeLessThan(1000);
      const label = `l${round}${by.name.replaceAll(/\W/g, '')}`;
      await cluster.kubectl(['label', 'pod', POD, `${label}=${round}`, '-n', namespace]);
      const labelledMs = performance.now();
      expect((await watch.says(new RegExp(`"${label}"`))).atMs - labelledMs).toBeLessThan(1000);
      expect(beganMs).toBeLessThan(labelledMs);
    }
  });

  test.each([
    ['a container', `exec ${POD} -c ${OTHER} -- sh -c true`, 'ContainerNotAllowed'],
    ['a command', `${exec} -- cat /etc/passwd`, 'CommandNotAllowed'],
    ['a container to attach to', `attach ${POD} -c ${OTHER}`, 'ContainerNotAllowed'],
  ])('is told why it may not reach %s', async (_, words, code) => {
    const refused = await kubectl(by, through(...words.split(' ')));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('chaperone refuses');
    expect(JSON.stringify(governed.records.at(-1))).toContain(code);
  });
});

test('debug starts a container in the pod and attaches to it', async () => {
  const [, by] = programs;
  if (by === undefined) throw new Error('there is no kubectl');
  governed.entitle({
    rules: [
      ...streamRules(namespace).map((rule) =>
        rule.resources?.[0] === 'pods/attach' ? { ...rule, containers: ['dbg'] } : rule,
      ),
      {
        namespaces: [namespace],
        apiGroups: [''],
        resources: ['pods/ephemeralcontainers'],
        resourceNames: [POD],
        verbs: ['patch'],
      },
    ],
  });
  const args = [
    ...[
      'debug',
      '-it',
      POD,
      `--image=${AGENT_IMAGE}`,
      '--image-pull-policy=Never',
      '-c',
      'dbg',
      '--profile=general',
    ],
    ...['--', 'sh', '-c', 'read a; echo "got $a"; exit 4'],
  ];
  using debugging = startKubectl(by, { args, kubeconfig: kubeconfigs.through }, { rows: 24, columns: 80 });
  await debugging.says(/press enter|prompt|If you don/i).catch(() => {});
  debugging.write('hello\r');
  await debugging.says(/got hello/);
  await debugging.ended;
});
