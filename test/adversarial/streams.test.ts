// What an agent, or what stands before the API server, could try with an upgrade: nothing but a permitted stream is opened, nothing
// that follows a refusal is read as a request, and frames that no client sends break off their own stream and no other.
import { randomBytes } from 'node:crypto';
import { connect as connectH2 } from 'node:http2';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { DICTIONARY } from '../../streams/spdy/dictionary.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { waitFor } from '../cluster/wait.ts';
import { mustOpen } from '../streams/command.ts';
import { controlFrame, dataFrame, SYN_STREAM } from '../streams/spdy-frames.ts';
import { commandQuery, ECHO, POD, streamRule, streamRules, streamStage, WEB } from '../streams/stage.ts';
import { type NotSwitched, type Switched, upgrade } from '../streams/upgrade.ts';
import { BINARY, frame, lengthOf8, openWebSocket } from '../streams/websocket.ts';
import { refusalOf } from './answers.ts';
import { direct } from './direct.ts';
import { govern } from './governed.ts';
import { answering, startMisbehavingServer } from './misbehaving-server.ts';

const cluster = await suiteCluster();
const stage = await streamStage(cluster, 'upgrades');
const { governed, namespace, pod, through } = stage;
beforeEach(() => governed.entitle({ rules: streamRules(namespace) }));
afterAll(() => stage[Symbol.asyncDispose]());

const query = commandQuery({ argv: ['sh', '-c', 'cat'], stdin: true });
const EXEC = `${pod}/exec?${query}`;
const websocket = (protocol = 'v5.channel.k8s.io') => ({
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-version': '13',
  'sec-websocket-key': randomBytes(16).toString('base64'),
  'sec-websocket-protocol': protocol,
});
const spdy = { upgrade: 'SPDY/3.1', connection: 'Upgrade', 'x-stream-protocol-version': 'v4.channel.k8s.io' };

function refused(answer: Switched | NotSwitched): string {
  if (answer.kind === 'switched') throw new Error('it was switched');
  return refusalOf({ ...answer, body: Buffer.from(answer.body) });
}
const ask = async (
  path: string,
  headers: Record<string, string>,
  method: 'GET' | 'POST' = 'GET',
  early?: Buffer,
) => refused(await upgrade(through, { method, path, headers, ...(early && { early }) }));
/** The exec that behaves is served. */
const stands = async () => {
  const command = await mustOpen(through, {
    path: `${pod}/exec`,
    query: commandQuery({ argv: ['sh', '-c', 'echo stands'] }),
    transport: 'websocket',
    protocols: ['v5.channel.k8s.io'],
  });
  await command.end;
  expect(`${command.bytes('stdout')}`).toBe('stands\n');
};

describe('what is no permitted stream is refused, and nothing of it reaches the API server', () => {
  test.each([
    ['no upgrade', EXEC, {}, '400 UpgradeRequired'],
    ['another upgrade', EXEC, { upgrade: 'h2c', connection: 'Upgrade' }, '400 UpgradeUnknown'],
    ['an older SPDY', EXEC, { ...spdy, upgrade: 'SPDY/3' }, '400 UpgradeUnknown'],
    ['two at once', EXEC, { ...websocket(), upgrade: 'websocket, SPDY/3.1' }, /^400 /],
    ['no Connection: Upgrade', EXEC, { ...websocket(), connection: 'close' }, /^400 /],
    ['no key', EXEC, { ...websocket(), 'sec-websocket-key': '' }, '400 MalformedRequest'],
    ['another version', EXEC, { ...websocket(), 'sec-websocket-version': '8' }, '400 MalformedRequest'],
    ['a protocol that nobody speaks', EXEC, websocket('v9.channel.k8s.io'), '400 ProtocolUnknown'],
    ['a credential', EXEC, websocket('base64url.bearer.authorization.k8s.io.YQ, v5.channel.k8s.io'), /^400 /],
    ['no container', `${pod}/exec?command=sh&stdout=true`, websocket(), '403 ContainerNotNamed'],
    [
      'another container',
      `${pod}/exec?${query.replace(WEB, 'other')}`,
      websocket(),
      '403 ContainerNotAllowed',
    ],
    [
      'another command',
      `${pod}/exec?container=${WEB}&command=cat&stdout=true`,
      websocket(),
      '403 CommandNotAllowed',
    ],
    [
      'a command within one word',
      `${pod}/exec?container=${WEB}&command=sh+-c&stdout=true`,
      websocket(),
      '403 CommandNotAllowed',
    ],
    ['no command', `${pod}/exec?container=${WEB}&stdout=true`, websocket(), /^40[03] /],
    ['two containers', `${pod}/exec?${query}&container=other`, websocket(), '400 MalformedTarget'],
    ['an unknown option', `${pod}/exec?${query}&nodeName=x`, websocket(), '400 MalformedTarget'],
    ['another pod', EXEC.replace(`/${POD}/`, '/other/'), websocket(), /^403 /],
    [
      'another port',
      `${pod}/portforward?ports=${ECHO}&ports=22`,
      websocket('v4.channel.k8s.io'),
      '403 PortNotAllowed',
    ],
    [
      'a port that is none',
      `${pod}/portforward?ports=0`,
      websocket('v4.channel.k8s.io'),
      '400 MalformedTarget',
    ],
    ['a proxy', `${pod}/proxy/`, websocket(), '403 StreamNotYet'],
    [
      "a service's proxy",
      `/api/v1/namespaces/${namespace}/services/web/proxy/`,
      websocket(),
      '403 StreamNotYet',
    ],
    ['a log', `${pod}/log?follow=true`, websocket('binary.k8s.io'), '400 UpgradeRefused'],
    [
      'a watch',
      `/api/v1/namespaces/${namespace}/pods?watch=1`,
      websocket('binary.k8s.io'),
      '400 UpgradeRefused',
    ],
  ] as const)('%s', async (_, path, headers, told) => {
    await governed.arrived();
    expect(await ask(path, headers)).toMatch(told);
    expect(await governed.arrived()).toEqual([]);
  });

  test('over HTTP/2, where nothing can be upgraded', async () => {
    for (const method of ['GET', 'POST'])
      expect(refusalOf(await governed.agent.call('h2', { method, path: EXEC }))).toBe('400 UpgradeRequired');
    const session = connectH2(`https://127.0.0.1:${through.port}`, { ca: through.ca });
    const settings = new Promise((resolve) => session.once('remoteSettings', resolve));
    expect(await settings).not.toMatchObject({ enableConnectProtocol: true });
    session.destroy();
  });

  test('under a rule that lets pods be read, and under one that never lets a pod be read', async () => {
    const read = { namespaces: [namespace], apiGroups: [''], resources: ['pods'] };
    governed.entitle({ rules: [{ ...read, verbs: ['get', 'list', 'create'] }] });
    expect(await ask(EXEC, websocket())).toMatch(/^403 /);
    expect(await ask(EXEC, { ...spdy, 'content-length': '0' }, 'POST')).toMatch(/^403 /);
    await governed.arrived();
    const gets = { ...streamRule(namespace, 'exec'), verbs: ['get' as const] };
    expect(() => governed.entitle({ rules: [gets] })).toThrow();
  });
});

describe('what follows a refused upgrade is no request', () => {
  const smuggled = () =>
    Buffer.from(
      `DELETE ${pod} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${through.token}\r\ncontent-length: 0\r\n\r\n`,
    );
  test.each([
    ['by the policy', EXEC.replace('command=sh', 'command=cat'), websocket(), 'GET'],
    ['by its form', EXEC, { upgrade: 'h2c', connection: 'Upgrade' }, 'GET'],
    ['by the API server', EXEC, websocket('v2.channel.k8s.io'), 'GET'],
    ['with a body', EXEC, { ...spdy, 'content-length': '5' }, 'POST'],
    ['in chunks', EXEC, { ...spdy, 'transfer-encoding': 'chunked' }, 'POST'],
  ] as const)('refused %s', async (_, path, headers, method) => {
    const answer = await upgrade(through, { method, path, headers, early: smuggled() });
    if (answer.kind === 'switched') throw new Error('it was switched');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain('HTTP/1.1');
    const arrived = await governed.arrived();
    expect(arrived.filter(({ verb }) => verb === 'delete')).toEqual([]);
  });
});

describe('an API server that misbehaves', () => {
  const told = async (behave: string, more: Record<string, string> = {}, early = '') => {
    await using server = await startMisbehavingServer();
    await using behind = await govern(cluster, 'behind', { apiServer: server.apiServer });
    behind.entitle({ rules: [streamRule(behind.namespace, 'exec')] });
    server.behave((socket) => {
      if (!behave.startsWith('101')) return answering(behave, more, early)(socket, 1);
      const lines = Object.entries(more).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 ${behave}\r\n${lines.join('')}\r\n${early}`);
    });
    const path = `/api/v1/namespaces/${behind.namespace}/pods/${POD}/exec?${query}`;
    const answers = await Promise.all(
      [websocket(), { ...spdy, 'content-length': '0' }].map((headers, at) =>
        upgrade(behind.door, { method: at === 0 ? 'GET' : 'POST', path, headers }),
      ),
    );
    for (const answer of answers) {
      if (answer.kind === 'switched') throw new Error('it was switched');
      expect(answer.headers.location).toBeUndefined();
      expect(`${answer.body}${JSON.stringify(answer.headers)}`).not.toMatch(/169\.254|hello/);
    }
    return answers.map(refused);
  };
  const twice = (code: string) => [code, code];

  test.each(['301 Moved', '302 Found', '307 Moved', '308 Moved'])(
    'a %s is not followed and not shown',
    async (status) => {
      expect(await told(status, { location: 'https://169.254.169.254/exec' }, 'moved to 169.254')).toEqual(
        twice('502 UnexpectedRedirect'),
      );
    },
  );

  test.each([
    ['to nothing', {}],
    ['to another protocol', { connection: 'Upgrade', upgrade: 'h2c' }],
    [
      'to a WebSocket by another key',
      { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-accept': 'x' },
    ],
    [
      'to a protocol that was not offered',
      { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v1' },
    ],
  ])('a switch %s is a 502', async (_, headers) => {
    for (const code of await told('101 Switching Protocols', headers, '\x81\x05hello'))
      expect(code).toMatch(/^502 /);
  });
});

type Frames = readonly (readonly [string, ...Buffer[]])[];

describe('frames that no client sends break off their own stream', () => {
  const bytes = (...of: number[]) => Buffer.from(of);
  const word = (number: number) => {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(number);
    return four;
  };
  const inFlight = async () => {
    const other = await mustOpen(through, {
      path: `${pod}/exec`,
      query,
      transport: 'spdy',
      protocols: ['v4.channel.k8s.io'],
    });
    return async () => {
      other.send('stdin', 'still here');
      await other.until('stdout', /still here/);
      other.closeStdin();
      await other.end;
    };
  };
  const MASK = bytes(1, 2, 3, 4);

  const WEBSOCKET: Frames = [
    ['a length of more than 63 bits (CVE-2026-1528)', bytes(0x82, 0xff), Buffer.alloc(8, 0xff), MASK],
    ['a control frame that is too long', bytes(0x89, 0xfe, 0x01, 0x00), MASK, Buffer.alloc(256)],
    ['no mask', bytes(0x82, 0x02, 0x00, 0x61)],
    ['a reserved bit', bytes(0xc2, 0x81), MASK, bytes(0)],
    ['a reserved opcode', bytes(0x83, 0x81), MASK, bytes(0)],
    ['a fragmented control frame', bytes(0x09, 0x80), MASK],
    ['a continuation of nothing', bytes(0x80, 0x81), MASK, bytes(0)],
    ['a channel that the server speaks on', frame(BINARY, bytes(1, 0x61))],
    ['a channel that there is none', frame(BINARY, bytes(9, 0x61))],
    ['a resize that has no end', frame(BINARY, Buffer.concat([bytes(4), Buffer.alloc(100_000, 0x20)]))],
    ['a shorter length in a longer form', bytes(0x82, 0xfe, 0x00, 0x01), MASK, bytes(1)],
  ];
  test.each(WEBSOCKET.map(([name, ...pieces]) => [name, Buffer.concat(pieces)] as const))(
    'of a WebSocket: %s',
    async (_, sent) => {
      const goesOn = await inFlight();
      const client = await openWebSocket(through, EXEC, ['v5.channel.k8s.io']);
      if ('kind' in client) throw new Error(client.body);
      client.onMessage(() => {});
      client.socket.write(sent);
      await client.end;
      await goesOn();
    },
  );

  test('a length of 62 bits is passed on as it comes, and never kept', async () => {
    const client = await openWebSocket(through, EXEC, ['v5.channel.k8s.io']);
    if ('kind' in client) throw new Error(client.body);
    let echoed = 0;
    client.onMessage(({ bytes: message }) => {
      if (message[0] === 1) echoed += message.length - 1;
    });
    client.socket.write(Buffer.concat([bytes(0x82, 0xff), lengthOf8(2 ** 52), MASK, bytes(1)]));
    const piece = Buffer.alloc(65_536, 0x61);
    for (let sent = 0; sent < 64; sent += 1) client.socket.write(piece);
    await waitFor({
      what: 'all of it to come back',
      timeoutMs: 20_000,
      probe: () => echoed >= 64 * 65_536 || undefined,
    });
    client.socket.destroy();
    await stands();
  });

  const block = (raw: Buffer) => deflateSync(raw, { dictionary: DICTIONARY, finishFlush: 2 });
  const headerBlock = (pairs: [string, string][]) =>
    Buffer.concat([
      word(pairs.length),
      ...pairs.flat().flatMap((text) => [word(text.length), Buffer.from(text)]),
    ]);
  const open = (id: number, headers: Buffer) =>
    controlFrame(SYN_STREAM, 0, Buffer.concat([word(id), word(0), bytes(0, 0), headers]));
  const STDIN: [string, string][] = [['streamtype', 'stdin']];

  test.each([
    ['a control frame of 16 MiB (CVE-2026-35469)', bytes(0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff)],
    ['a header block that unpacks to 16 MiB', open(1, block(Buffer.alloc(16 << 20)))],
    ['a header block with 2^31 headers', open(1, block(word(0x7fffffff)))],
    ['a header of 2^31 bytes', open(1, block(Buffer.concat([word(1), word(0x7fffffff)])))],
    ['a header block that is no zlib', open(1, randomBytes(40))],
    ['a stream with an even id', open(2, block(headerBlock(STDIN)))],
    ['a stream of no type', open(1, block(headerBlock([['streamtype', 'stdout2']])))],
    ['a header that no client sends', open(1, block(headerBlock([...STDIN, ['authorization', 'x']])))],
    ['another version', bytes(0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1)],
    ['HEADERS', controlFrame(8, 0, Buffer.concat([word(1), block(headerBlock(STDIN))]))],
    ['CREDENTIAL', controlFrame(10, 0, Buffer.alloc(8))],
    ['a PING of another length', controlFrame(6, 0, Buffer.alloc(9))],
    ['data of a stream that there is none', dataFrame(7, 0, Buffer.alloc(4))],
  ])('of SPDY: %s', async (_, ...pieces) => {
    const goesOn = await inFlight();
    const answer = await upgrade(through, {
      method: 'POST',
      path: EXEC,
      headers: { ...spdy, 'content-length': '0' },
    });
    if (answer.kind === 'not switched') throw new Error(answer.body);
    const ended = new Promise((resolve) => answer.socket.on('close', resolve));
    answer.socket.on('end', () => answer.socket.end()).resume();
    answer.socket.write(Buffer.concat(pieces));
    await ended;
    await goesOn();
  });
});

test('a stream that is cut in the middle of a frame ends on both sides, and its record says so', async () => {
  for (const transport of ['websocket', 'spdy'] as const) {
    const protocols = [transport === 'spdy' ? 'v4.channel.k8s.io' : 'v5.channel.k8s.io'];
    const command = await mustOpen(through, { path: `${pod}/exec`, query, transport, protocols });
    command.send('stdin', 'whole');
    await command.until('stdout', /whole/);
    const half =
      transport === 'spdy'
        ? bytesOf(0, 0, 0, 3, 0, 0, 9, 9)
        : frame(BINARY, Buffer.alloc(500)).subarray(0, 40);
    command.socket.write(half);
    command.socket.destroySoon();
    const uri = `${pod}/exec`;
    await cluster.audit.until(
      ({ requestURI, stage: at }) => requestURI.startsWith(uri) && at === 'ResponseComplete',
      'the end of the exec',
    );
  }
  await stands();
});

const bytesOf = (...of: number[]) => Buffer.from(of);

test('a permitted exec is refused as the API server refuses it, and the connection ends', async () => {
  const path = EXEC.replace(`/${POD}/`, '/gone/');
  const directly = direct(cluster, governed);
  governed.entitle({ rules: [streamRule(namespace, 'exec', { resourceNames: ['gone'] })] });
  for (const [headers, method] of [
    [websocket(), 'GET'],
    [{ ...spdy, 'content-length': '0' }, 'POST'],
  ] as const) {
    const [one, other] = await Promise.all([
      upgrade(through, { method, path, headers }),
      directly.call('h1', { method, path, headers }),
    ]);
    if (one.kind === 'switched') throw new Error('it was switched');
    expect([one.status, one.body]).toEqual([other.status, other.body.toString()]);
    expect(one.status).toBe(404);
  }
  directly.close();
});
