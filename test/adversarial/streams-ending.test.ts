// No stream outlives its permit: at expiry, revocation, the end of the lease and of the sidecar, and where its recording fails, exec,
// attach and port-forward end within a second, by the monotonic clock, with a last message that their client reads.
import { afterAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import type { Recording, Recordings } from '../../sidecar/recording.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { type Command, type CommandAsk, mustOpen, openCommand } from '../streams/command.ts';
import { mustOpenPorts, PORTS_TRANSPORTS } from '../streams/ports.ts';
import { commandQuery, ECHO, HTTP, READER, streamRule, streamRules, streamStage } from '../streams/stage.ts';
import { monotonicMs } from './governed.ts';

/** As long as the test wants it kept. */
let isKept = true;
let failing = new AbortController();
const recordings: Recordings = {
  async open() {
    failing = new AbortController();
    const recording: Recording = {
      write() {},
      held: 0,
      drained: async () => {},
      failed: failing.signal,
      close: async () => {},
    };
    return isKept ? recording : undefined;
  },
};

const cluster = await suiteCluster();
const stage = await streamStage(cluster, 'cutting', { recordings });
const { governed, namespace, pod, through } = stage;
afterAll(() => stage[Symbol.asyncDispose]());

const NOTHING: Rule[] = [
  { namespaces: [namespace], apiGroups: [''], resources: ['services'], verbs: ['get'] },
];
const granted = (rule: Rule, remainingMs: number) =>
  governed.entitle({ rules: NOTHING, grants: [{ name: 'look', rule, remainingMs }] });
const freely = () => governed.entitle({ rules: streamRules(namespace) });

const websocket = (protocol: string) => ({ transport: 'websocket' as const, protocols: [protocol] });
const spdy = (protocol: string) => ({ transport: 'spdy' as const, protocols: [protocol] });
const VERSIONS = [
  websocket('v5.channel.k8s.io'),
  websocket('v4.base64.channel.k8s.io'),
  websocket('channel.k8s.io'),
  spdy('v4.channel.k8s.io'),
  spdy('v2.channel.k8s.io'),
].map((version) => [`${version.transport} ${version.protocols}`, version] as const);

type Version = (typeof VERSIONS)[number][1];
const TALKS = ['sh', '-c', 'while echo on; do sleep 0.05; done'];
const exec = (version: Version, tty = false): CommandAsk => ({
  ...version,
  path: `${pod}/exec`,
  query: commandQuery({ argv: TALKS, stdin: true, tty }),
});
const attach = (version: Version): CommandAsk => ({
  ...version,
  path: `${pod}/attach`,
  query: commandQuery({ container: READER, stdin: true }),
});

/** What the error channel says of the end: since v4 a Status. */
function toldIn(command: Command): string {
  const text = `${command.bytes('error')}`;
  if (!/^v[45]/.test(command.protocol ?? '')) return text;
  const { status, code, details } = JSON.parse(text);
  return `${status} ${code} ${details.causes[0].reason}`;
}

async function expectEnd(command: Command, fromMs: number, told: RegExp): Promise<void> {
  const { atMs } = await command.end;
  expect(atMs).toBeGreaterThanOrEqual(fromMs);
  expect(atMs - fromMs).toBeLessThan(1000);
  expect(toldIn(command)).toMatch(told);
  expect(`${command.bytes('stderr')}`).toContain('chaperone');
}

describe.each(VERSIONS)('by %s', (_, version) => {
  const status = /^v[45]/.test(version.protocols[0] ?? '');

  test('an exec ends with its Grant, and not before', async () => {
    const lifeMs = 700;
    const beganMs = monotonicMs();
    granted(streamRule(namespace, 'exec'), lifeMs);
    const command = await mustOpen(through, exec(version));
    await command.until('stdout', /on\n/);
    await expectEnd(command, beganMs + lifeMs, status ? /^Failure 403 GrantEnded$/ : /chaperone refuses/);
  });

  test('an exec is cut when its rule is revoked, and says nothing more', async () => {
    freely();
    const command = await mustOpen(through, exec(version));
    await command.until('stdout', /on\n/);
    const revokedMs = monotonicMs();
    governed.entitle({ rules: NOTHING });
    await expectEnd(command, revokedMs, status ? /^Failure 403 / : /chaperone refuses/);
  });

  test('so is an attach', async () => {
    freely();
    const command = await mustOpen(through, attach(version));
    command.send('stdin', 'a\n');
    await command.until('stdout', /read a\n/);
    const revokedMs = monotonicMs();
    governed.entitle({ rules: NOTHING });
    await expectEnd(command, revokedMs, status ? /^Failure 403 / : /chaperone refuses/);
  });

  test('at a terminal the last message is on the terminal', async () => {
    freely();
    const command = await mustOpen(through, exec(version, true));
    await command.until('stdout', /on\r\n/);
    const revokedMs = monotonicMs();
    governed.entitle({ rules: NOTHING });
    expect((await command.end).atMs - revokedMs).toBeLessThan(1000);
    expect(`${command.bytes('stdout')}`).toMatch(/\r\nchaperone refuses [^\r\n]+\r\n$/);
  });

  test('where it can no longer be recorded it is cut, and where it cannot be, not begun', async () => {
    freely();
    const command = await mustOpen(through, exec(version));
    await command.until('stdout', /on\n/);
    const failedMs = monotonicMs();
    failing.abort();
    await expectEnd(command, failedMs, status ? /^Failure 503 RecordingEnded$/ : /chaperone/);
    isKept = false;
    const refused = await openCommand(through, exec(version)).finally(() => {
      isKept = true;
    });
    if (refused.kind === 'command') throw new Error('it was begun');
    expect(refused.status).toBe(503);
    expect(refused.json().details.causes[0].reason).toBe('RecordingFailed');
  });
});

describe.each(PORTS_TRANSPORTS.map((one) => [one || 'no protocol', one] as const))(
  'a port-forward by %s',
  (_, transport) => {
    const path = `${pod}/portforward`;
    const open = async () => {
      const ports = await mustOpenPorts(through, path, transport, [ECHO, HTTP]);
      const connection = await ports.connect(ECHO);
      connection.write('here');
      await connection.until(/here/);
      return { ports, connection };
    };

    test('ends with its Grant, and each open connection is told', async () => {
      const lifeMs = 700;
      const beganMs = monotonicMs();
      granted(streamRule(namespace, 'portforward'), lifeMs);
      const { ports, connection } = await open();
      const { atMs } = await ports.end;
      expect(atMs).toBeGreaterThanOrEqual(beganMs + lifeMs);
      expect(atMs - beganMs - lifeMs).toBeLessThan(1000);
      expect(connection.error()).toContain('chaperone refuses');
    });

    test('is cut when one of its ports is no longer given', async () => {
      freely();
      const { ports } = await open();
      const revokedMs = monotonicMs();
      governed.entitle({ rules: [streamRule(namespace, 'portforward', { ports: [HTTP] })] });
      expect((await ports.end).atMs - revokedMs).toBeLessThan(1000);
    });
  },
);

test('an exec goes on where another rule still carries it, and is not recorded where that is optional', async () => {
  governed.entitle({ rules: [streamRule(namespace, 'exec', { record: 'optional' })] });
  isKept = false;
  const command = await mustOpen(through, exec(websocket('v5.channel.k8s.io'))).finally(() => {
    isKept = true;
  });
  governed.entitle({
    rules: [streamRule(namespace, 'exec', { record: 'optional', commands: [['sh', '-c']] })],
  });
  const before = command.bytes('stdout').length;
  await expect.poll(() => command.bytes('stdout').length, { timeout: 5000 }).toBeGreaterThan(before + 20);
  const askedMs = monotonicMs();
  governed.entitle({ rules: streamRules(namespace) });
  await expectEnd(command, askedMs, /^Failure 403 RecordingAdded$/);
});

test('an exec ends with the lease', async () => {
  const beganMs = monotonicMs();
  governed.entitle({ rules: streamRules(namespace), leaseMs: 600 });
  const command = await mustOpen(through, exec(spdy('v4.channel.k8s.io')));
  await expectEnd(command, beganMs + 600, /^Failure 503 StaleLease$/);
});

test('an exec is cut with the sidecar, with a word', async () => {
  await using leaving = await streamStage(cluster, 'leaving', { recordings });
  const command = await mustOpen(leaving.through, {
    ...websocket('v5.channel.k8s.io'),
    path: `${leaving.pod}/exec`,
    query: commandQuery({ argv: TALKS }),
  });
  await command.until('stdout', /on\n/);
  const stoppedMs = monotonicMs();
  await leaving.governed.stop(300);
  expect((await command.end).atMs - stoppedMs).toBeLessThan(1500);
  expect(toldIn(command)).toMatch(/Draining$/);
});
