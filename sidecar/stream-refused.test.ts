import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LineNotKept } from './line-sink.ts';
import type { SidecarParts } from './start.ts';
import { acceptOf, hello, offering, switched, V5 } from './test-exec.ts';
import { EXEC, execRule, KEY, startTestSidecar, type TestSidecar, type Upgraded } from './test-sidecar.ts';

let sidecar: TestSidecar;
afterEach(() => sidecar[Symbol.asyncDispose]());
const start = async (upgraded: Upgraded, parts?: Partial<SidecarParts>): Promise<void> => {
  sidecar = await startTestSidecar(upgraded, parts);
};
const ask = (early?: Uint8Array) => sidecar.ask({ headers: offering(V5), ...(early && { early }) });

describe('an API server that does not switch', () => {
  const answering =
    (head: string, body = '') =>
    (_req: IncomingMessage, socket: { end(bytes: string): void }) =>
      socket.end(`HTTP/1.1 ${head}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  const status = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

  test('is heard, however long, and the connection ends with its answer (CVE-2018-1002105)', async () => {
    const long = 'x'.repeat(1_000_000);
    await start(
      answering('404 Not Found\r\nContent-Type: application/json', JSON.stringify({ kind: 'Status', long })),
    );
    const next = 'GET /api/v1/namespaces/shop/secrets HTTP/1.1\r\nHost: a\r\n\r\n';
    await using asked = await sidecar.ask({ headers: offering(V5), early: next });
    await asked.ended;
    expect(status(asked.text())).toBe(404);
    expect(JSON.parse(asked.body().toString())).toEqual({ kind: 'Status', long });
    expect(sidecar.arrived).toHaveLength(1);
    expect(sidecar.ended).toMatchObject([{ status: 404 }]);
  });

  test('is not heard to the end where the permit ends before', async () => {
    await start(
      (_req, socket) => void socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nhalf'),
    );
    await using asked = await ask();
    await vi.waitFor(() => expect(asked.text()).toContain('half'));
    sidecar.entitle([{ ...execRule, containers: ['other'] }]);
    await asked.ended;
    await vi.waitFor(() => expect(sidecar.ended).toMatchObject([{ refusal: 'ContainerNotAllowed' }]));
  });

  test.each([
    ['after its head', 'HTTP/1.1 500 x\r\nContent-Length: 10\r\n\r\nhal', undefined, ''],
    ['before its body', 'HTTP/1.1 500 x\r\nContent-Length: 10\r\n\r\n', undefined, 'UpstreamUnavailable'],
    [
      'where it is read on its way',
      'HTTP/1.1 500 x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
      { patterns: [{ name: 'pin', pattern: '[0-9]{4}' }] },
      'UpstreamUnavailable',
    ],
  ])('and breaks off %s ends the connection', async (_when, said, masking, told) => {
    await start((_req, socket) => {
      socket.write(said);
      setTimeout(() => socket.destroy(), 20);
    });
    sidecar.entitle([execRule], { masking });
    await using asked = await ask();
    await asked.ended;
    expect(asked.text()).toContain(told);
    await vi.waitFor(() => expect(sidecar.ended).toMatchObject([{ refusal: 'UpstreamUnavailable' }]));
    expect(sidecar.kept).toMatchObject([{ closed: true }]);
  });

  test('and says nothing is not waited for as an answer is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await start(() => {});
    await using asked = await ask();
    await vi.waitFor(() => expect(sidecar.arrived).toHaveLength(1));
    vi.advanceTimersByTime(90_000);
    vi.useRealTimers();
    await asked.ended;
    expect(asked.text()).toContain('UpstreamUnavailable');
  });

  test.each([
    ['redirects', '302 Found\r\nLocation: https://elsewhere/', 502, 'UnexpectedRedirect'],
    ['closes the connection without a word', undefined, 502, 'UpstreamUnavailable'],
  ])('and %s is not believed', async (_how, head, code, reason) => {
    await start(head === undefined ? (_req, socket) => socket.destroy() : answering(head));
    await using asked = await ask();
    await asked.ended;
    expect(status(asked.text())).toBe(code);
    expect(asked.text()).toContain(reason);
    expect(asked.text()).not.toContain('elsewhere');
  });

  test.each([
    ['a protocol that was not offered', (req: IncomingMessage) => switched(req, 'v4.channel.k8s.io')],
    ['none', (req: IncomingMessage) => switched(req, '')],
    ['another upgrade', (req: IncomingMessage) => switched(req, V5).replace('websocket', 'h2c')],
    ["another's key", (req: IncomingMessage) => switched(req, V5, acceptOf(KEY))],
    [
      'an extension',
      (req: IncomingMessage) => switched(req, `${V5}\r\nSec-WebSocket-Extensions: permessage-deflate`),
    ],
  ])('or switches to %s is a 502', async (_what, head) => {
    await start((req, socket) => void socket.write(head(req)));
    await using asked = await ask();
    await asked.ended;
    expect(status(asked.text())).toBe(502);
    expect(asked.text()).toContain('UnexpectedProtocol');
    expect(asked.text()).not.toContain(' 101 ');
  });
});

describe('nothing is asked of the API server', () => {
  const spdy = ['Connection: Upgrade', 'Upgrade: SPDY/3.1'];
  test.each([
    ['for a stream without an upgrade', { headers: [] }, '400 UpgradeRequired'],
    [
      'for an upgrade that names no connection option',
      { headers: ['Upgrade: websocket'] },
      '400 UpgradeRequired',
    ],
    ['for another upgrade', { headers: ['Connection: Upgrade', 'Upgrade: h2c'] }, '400 UpgradeUnknown'],
    [
      'for two upgrades at once',
      { headers: ['Connection: Upgrade', 'Upgrade: websocket, SPDY/3.1'] },
      '400 UpgradeUnknown',
    ],
    ['for protocols that are not known', { headers: offering('v9.channel.k8s.io') }, '400 ProtocolUnknown'],
    [
      'for SPDY within a WebSocket',
      { headers: offering('SPDY/3.1+portforward.k8s.io') },
      '400 ProtocolUnknown',
    ],
    ['for v5 over SPDY', { headers: [...spdy, `X-Stream-Protocol-Version: ${V5}`] }, '400 ProtocolUnknown'],
    ['for a WebSocket by POST', { headers: offering(V5), method: 'POST' }, '400 MalformedRequest'],
    [
      'for an older WebSocket',
      { headers: offering(V5).map((line) => line.replace('13', '8')) },
      '400 MalformedRequest',
    ],
    [
      'for a short key',
      { headers: offering(V5).map((line) => line.replace(KEY, 'AAAA')) },
      '400 MalformedRequest',
    ],
    [
      'for a body beside it',
      { headers: [...spdy, 'Content-Length: 3'], method: 'POST', early: 'abc' },
      '400 MalformedRequest',
    ],
    [
      'for a credential among the protocols',
      { headers: offering('base64url.bearer.authorization.k8s.io.YQ', V5) },
      '400 MalformedRequest',
    ],
    ['for an unknown caller', { headers: offering(V5), token: 'other' }, '401 UnknownCaller'],
    [
      'for another command',
      { headers: offering(V5), target: EXEC.replace('=sh', '=bash') },
      '403 CommandNotAllowed',
    ],
    [
      'for an upgrade of something else',
      { headers: offering(V5), target: '/api/v1/namespaces/shop/pods?watch=1' },
      '400 UpgradeRefused',
    ],
  ])('%s', async (_what, asking, refused) => {
    await start(hello);
    await using asked = await sidecar.ask(asking);
    await vi.waitFor(() => expect(asked.text()).toContain('"kind":"Status"'));
    const [, code] = /^HTTP\/1\.1 (\d+)/.exec(asked.text()) ?? [];
    expect(`${code} ${JSON.parse(asked.body().toString()).details.causes[0].reason}`).toBe(refused);
    await asked.ended;
    expect(sidecar.arrived).toEqual([]);
    expect(sidecar.records).toMatchObject([{ refusal: refused.slice(4) }]);
  });

  test('where the record cannot be kept', async () => {
    await start(hello, { records: { keep: () => Promise.reject(new LineNotKept('full')) } });
    await using asked = await ask();
    await asked.ended;
    expect(asked.text()).toContain('RecordFailed');
    expect(sidecar.arrived).toEqual([]);
    expect(sidecar.kept).toMatchObject([{ closed: true }]);
  });

  test('where it must be recorded and cannot be', async () => {
    await start(hello, { recordings: { open: async () => undefined } });
    await using asked = await ask();
    await asked.ended;
    expect(asked.text()).toMatch(/^HTTP\/1\.1 503 .*RecordingFailed/s);
    expect(sidecar.arrived).toEqual([]);
    sidecar.entitle([{ ...execRule, record: 'optional' }]);
    await using unrecorded = await ask();
    await vi.waitFor(() => expect(unrecorded.text()).toContain('hello'));
    expect(sidecar.records[1]).toMatchObject({ decision: 'permit', recorded: false });
  });
});
