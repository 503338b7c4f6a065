// exec, attach and port-forward by every protocol that the API server and the kubelet speak, asked for by a client of ours, on two
// ways under one identity: through the sidecar the same is said, in and out, as directly.
import { once } from 'node:events';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { refusalOf } from '../adversarial/answers.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { type CommandAsk, mustOpen, openCommand } from '../streams/command.ts';
import { mustOpenPorts, openPorts, PORTS_TRANSPORTS } from '../streams/ports.ts';
import {
  CLOSED,
  commandQuery,
  ECHO,
  HTTP,
  READER,
  type Run,
  streamRules,
  streamStage,
} from '../streams/stage.ts';
import { upgrade } from '../streams/upgrade.ts';

const cluster = await suiteCluster();
const stage = await streamStage(cluster, 'protocols');
const { pod, through, direct } = stage;
afterAll(() => stage[Symbol.asyncDispose]());

const WAYS = { direct, through };
type Version = Pick<CommandAsk, 'transport' | 'protocols' | 'method'>;
const VERSIONS: readonly Version[] = [
  ...['v5.channel', 'v4.channel', 'channel', 'v4.base64.channel', 'base64.channel'].map((name) => ({
    transport: 'websocket' as const,
    protocols: [`${name}.k8s.io`],
  })),
  { transport: 'websocket', protocols: [] },
  ...['v4.', 'v3.', 'v2.', ''].map((version) => ({
    transport: 'spdy' as const,
    protocols: [`${version}channel.k8s.io`],
  })),
  { transport: 'spdy', protocols: ['v4.channel.k8s.io', 'v3.channel.k8s.io'], method: 'GET' },
];
const named = VERSIONS.map(
  (version) => [`${version.transport} ${version.method ?? ''} ${version.protocols.join()}`, version] as const,
);
const halfCloses = ({ transport, protocols: [first = ''] }: Version) =>
  transport === 'spdy' ? first !== 'channel.k8s.io' : first.startsWith('v5');
/**
 * The first version of SPDY resets its error stream before it says anything on it, and no client hears what comes behind that
 * (cri-streaming httpstream.go, v1ProtocolHandler; spdystream connection.go, handleDataFrame).
 */
const hasStatus = ({ transport, protocols: [first = ''] }: Version) =>
  transport !== 'spdy' || first !== 'channel.k8s.io';
const exec = (run: Run, version: Version): CommandAsk => ({
  ...version,
  path: `${pod}/exec`,
  query: commandQuery(run),
});

/** On each way: what was said when all is over. */
async function both<T>(play: (way: keyof typeof WAYS) => Promise<T>): Promise<{ direct: T; through: T }> {
  const [one, other] = await Promise.all([play('direct'), play('through')]);
  return { direct: one, through: other };
}

describe.each(named)('exec by %s', (_, version) => {
  test('says what the command says, on the channel where it says it, and how it ended', async () => {
    const argv = ['sh', '-c', 'read a; echo "got $a"; echo err >&2; exit 3'];
    const said = await both(async (way) => {
      const command = await mustOpen(WAYS[way], exec({ argv, stdin: true }, version));
      command.send('stdin', 'hello ü\n');
      const { code } = await command.end;
      const [stdout, stderr, error] = (['stdout', 'stderr', 'error'] as const).map(
        (channel) => `${command.bytes(channel)}`,
      );
      return { protocol: command.protocol, stdout, stderr, code, ...(hasStatus(version) && { error }) };
    });
    expect(said.through).toEqual(said.direct);
    expect(said.through).toMatchObject({ stdout: 'got hello ü\n', stderr: 'err\n' });
    if (hasStatus(version)) expect(said.through.error).toContain('3');
  });

  test('says why a command cannot be started', async () => {
    const said = await both(async (way) => {
      const command = await mustOpen(WAYS[way], exec({ argv: ['not-there'] }, version));
      const { code } = await command.end;
      const error = `${command.bytes('error')}`.replace(/[0-9a-f]{64}/g, '…');
      return { code, ...(hasStatus(version) && { error }) };
    });
    expect(said.through).toEqual(said.direct);
    if (hasStatus(version)) expect(said.through.error).toContain('executable file not found');
  });

  test('has every byte cross, however large, in both directions', async () => {
    const argv = [
      'sh',
      '-c',
      'dd bs=65536 count=16 iflag=fullblock 2>/dev/null | tee /dev/stderr | sha256sum',
    ];
    const bytes = Buffer.from(Array.from({ length: 1 << 20 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
    const command = await mustOpen(through, exec({ argv, stdin: true }, version));
    for (let at = 0; at < bytes.length; at += 30_000) command.send('stdin', bytes.subarray(at, at + 30_000));
    await command.end;
    expect(command.bytes('stderr').equals(bytes)).toBe(true);
  });

  test('attaches', async () => {
    const query = commandQuery({ container: READER, stdin: true });
    const command = await mustOpen(through, { ...version, path: `${pod}/attach`, query });
    const word = `word-${Math.random()}`;
    command.send('stdin', `${word}\n`);
    await command.until('stdout', new RegExp(`read ${word}\n`));
    command.socket.destroy();
  });
});

test.each(named.filter(([, version]) => halfCloses(version)))(
  'by %s the end of what goes in ends what reads it, and not what it says',
  async (_, version) => {
    const argv = ['sh', '-c', 'sort; echo end'];
    const command = await mustOpen(through, exec({ argv, stdin: true }, version));
    command.send('stdin', 'b\na\n');
    command.closeStdin();
    await command.end;
    expect(`${command.bytes('stdout')}`).toBe('a\nb\nend\n');
  },
);

test('what is cut says why on stderr by every version, and on the error channel as that has it', async () => {
  const argv = ['sh', '-c', 'while echo on; do sleep 0.1; done'];
  const commands = await Promise.all(
    VERSIONS.map(async (version) => {
      const command = await mustOpen(through, exec({ argv }, version));
      await command.until('stdout', /on/);
      return command;
    }),
  );
  const { governed, namespace } = stage;
  onTestFinished(() => governed.entitle({ rules: streamRules(namespace) }));
  governed.entitle({
    rules: [{ namespaces: [namespace], apiGroups: [''], resources: ['services'], verbs: ['get'] }],
  });
  for (const [at, command] of commands.entries()) {
    const version = VERSIONS[at] as Version;
    const { code } = await command.end;
    const [line, error] = [`${command.bytes('stderr')}`, `${command.bytes('error')}`];
    expect(line).toMatch(/^chaperone refuses [^\n]+\n$/);
    const { message, status } = /^v[45]/.test(command.protocol ?? '')
      ? JSON.parse(error)
      : { message: error, status: 'Failure' };
    const why = hasStatus(version) ? line.trim() : '';
    expect([command.protocol, message, status]).toEqual([command.protocol, why, 'Failure']);
    if (version.transport === 'websocket') expect(code).toBe(1000);
  }
});

test('a window is resized, by v3 of SPDY and newer, and over WebSocket', async () => {
  const argv = ['sh', '-c', 'until [ "$(stty size)" = "40 100" ]; do sleep 0.02; done; stty size'];
  for (const [name, version] of named.filter(([name]) => !/spdy +(v2\.)?channel/.test(name))) {
    const command = await mustOpen(through, exec({ argv, stdin: true, tty: true }, version));
    command.send('resize', '{"Width":77,"Height":33}');
    command.send('resize', '{"Width":100,"Height":40}');
    await command.end;
    expect(`${command.bytes('stdout')}`, name).toContain('40 100');
  }
});

test('of several protocols the one is spoken that the API server chooses', async () => {
  const protocols = ['v9.channel.k8s.io', 'v5.channel.k8s.io', 'v4.channel.k8s.io'];
  for (const transport of ['websocket', 'spdy'] as const) {
    const said = await both(async (way) => {
      const version = { transport, protocols };
      const command = await mustOpen(WAYS[way], exec({ argv: ['sh', '-c', 'true'] }, version));
      await command.end;
      return command.protocol;
    });
    expect(said.through).toBe(said.direct);
  }
});

test('a protocol that nobody speaks is refused here, one that the API server does not speak by its own word', async () => {
  const run = { argv: ['sh', '-c', 'true'] };
  for (const transport of ['websocket', 'spdy'] as const) {
    const unknown = await openCommand(through, exec(run, { transport, protocols: ['v9.channel.k8s.io'] }));
    if (unknown.kind === 'command') throw new Error('it was opened');
    expect(unknown.status).toBe(400);
    expect(unknown.json().message).toContain('v9.channel.k8s.io');
  }
  const old = { transport: 'websocket' as const, protocols: ['v2.channel.k8s.io'] };
  const refused = await openCommand(through, exec(run, old));
  const directly = await openCommand(direct, exec(run, old));
  expect(refused).toMatchObject({ kind: 'not switched', status: 403 });
  expect(directly).toMatchObject({ kind: 'not switched', status: 403 });
});

describe('half of a connection is no more than none, as to the API server:', () => {
  const argv = ['sh', '-c', 'echo on; sleep 2; echo off'];
  const query = commandQuery({ argv });
  const websocket = {
    ...{ upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-version': '13' },
    ...{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'v5.channel.k8s.io' },
  };
  const spdy = {
    upgrade: 'SPDY/3.1',
    connection: 'Upgrade',
    'x-stream-protocol-version': 'v4.channel.k8s.io',
  };

  test.each([
    ['a WebSocket', { path: `${pod}/exec?${query}`, headers: websocket }],
    ['SPDY', { path: `${pod}/exec?${query}`, headers: { ...spdy, 'content-length': '0' }, method: 'POST' }],
  ] as const)('who ends theirs before it has switched to %s is not served', async (_, ask) => {
    const said = await both(async (way) => {
      const answer = await upgrade(WAYS[way], { ...ask, isLast: true });
      if (answer.kind === 'not switched') return `${answer.status} ${answer.body}`;
      // They may have crossed.
      let heard = '';
      const take = (chunk: Buffer): void => {
        heard += chunk.toString('latin1');
      };
      await once(answer.socket.on('data', take).resume(), 'close');
      return heard;
    });
    expect(said.direct).not.toContain('off');
    expect(said.through).toBe('0 ');
  });

  test.each(
    named.filter(
      ([
        ,
        {
          protocols: [first],
        },
      ]) => /^v[45]\.channel/.test(first ?? ''),
    ),
  )('who ends theirs in the middle of %s hears no more', async (_, version) => {
    const said = await both(async (way) => {
      const command = await mustOpen(WAYS[way], exec({ argv }, version));
      await command.until('stdout', /on/);
      command.socket.end();
      const { code } = await command.end;
      return { code, stdout: `${command.bytes('stdout')}`, error: `${command.bytes('error')}` };
    });
    expect(said.through).toEqual(said.direct);
    expect(said.through).toEqual({ code: undefined, stdout: 'on\n', error: '' });
  });
});

describe.each(PORTS_TRANSPORTS.map((one) => [one || 'none', one] as const))(
  'port-forward by %s',
  (_, transport) => {
    const path = `${pod}/portforward`;

    test('carries several connections at once, each to its own port', async () => {
      const ports = await mustOpenPorts(through, path, transport, [HTTP, ECHO]);
      const [web, echo] = [await ports.connect(HTTP), await ports.connect(ECHO)];
      echo.write('one ');
      web.write('GET /etc/passwd HTTP/1.0\r\n\r\n');
      await echo.until(/one /);
      expect(await web.until(/agent:x:1000/)).toMatch(/^HTTP\/1\.1 200/);
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) & 0xff));
      echo.write(bytes);
      const text = await echo.until(new RegExp(`^[^]{${bytes.length + 4}}`));
      expect(text).toBe(`one ${bytes.toString('latin1')}`);
      expect([web.error(), echo.error()]).toEqual(['', '']);
      ports.close();
    });

    test('a port that no rule names is refused, and so is nothing else', async () => {
      const isAtOpening = transport === 'spdy' || transport === 'tunnel';
      if (!isAtOpening) {
        const refused = await openPorts(through, path, transport, [ECHO, CLOSED]);
        if (refused.kind === 'ports') throw new Error('it was opened');
        expect(refusalOf({ ...refused, body: Buffer.from(refused.body) })).toBe('403 PortNotAllowed');
        return;
      }
      const ports = await mustOpenPorts(through, path, transport, []);
      const [allowed, closed] = [await ports.connect(ECHO), await ports.connect(CLOSED)];
      closed.write('secret');
      await closed.finished;
      expect(closed.error()).toContain(`${CLOSED}`);
      expect(closed.text()).toBe('');
      allowed.write('still here');
      await allowed.until(/still here/);
      ports.close();
    });
  },
);

describe.each(['spdy', 'tunnel'] as const)('port-forward by %s', (transport) => {
  const path = `${pod}/portforward`;

  test('a half-closed connection goes on in the other direction, and ends as directly', async () => {
    const said = await both(async (way) => {
      const ports = await mustOpenPorts(WAYS[way], path, transport, []);
      const web = await ports.connect(HTTP);
      web.write('GET /etc/passwd HTTP/1.0\r\n\r\n');
      web.finish();
      const how = await web.finished;
      ports.close();
      return { how, text: web.text().replace(/^Date: .*$/m, ''), error: web.error() };
    });
    expect(said.through).toEqual(said.direct);
    expect(said.through.text).toContain('agent:x:1000');
  });

  test('many connections at once', async () => {
    const ports = await mustOpenPorts(through, path, transport, []);
    const one = async (_: unknown, at: number): Promise<string> => {
      const connection = await ports.connect(ECHO);
      connection.write(`number ${at}`);
      await connection.until(new RegExp(`^number ${at}$`));
      return connection.error();
    };
    expect(new Set(await Promise.all(Array.from({ length: 30 }, one)))).toEqual(new Set(['']));
    ports.close();
  });

  test('a ping is answered', async () => {
    const ports = await mustOpenPorts(through, path, transport, []);
    await ports.spdy?.ping(1);
    ports.close();
  });
});

test('each stream has a record', async () => {
  const { records } = stage.governed;
  const command = await mustOpen(through, exec({ argv: ['sh', '-c', 'exit 7'] }, VERSIONS[0] as Version));
  await command.end;
  await expect.poll(() => JSON.stringify(records.at(-1))).toMatch(/exec/);
});
