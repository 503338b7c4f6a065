import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect as connectH2, constants } from 'node:http2';
import { Agent, request } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Handle, type Listener, listen } from './listener.ts';
import { BOUNDS, type Bounds } from './server.ts';
import { selfSigned } from './test-tls.ts';

const certificate = selfSigned();
const ca = certificate.chain;
let listener: Listener | undefined;
afterEach(() => listener?.drain(0));

async function start(handle: Handle, bounds: Partial<Bounds> = {}): Promise<number> {
  listener = await listen(certificate, handle, 0, { ...BOUNDS, ...bounds });
  return listener.port;
}
const hello: Handle = (req, res) => void (res as NodeJS.WritableStream).end(`hello ${req.method} ${req.url}`);

function get(port: number, host = '127.0.0.1', agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host, port, ca, servername: 'localhost', path: '/a', ...(agent && { agent }) };
    request(options, async (res) => resolve((await res.toArray()).join('')))
      .on('error', reject)
      .end();
  });
}

function raw(port: number, protocol = 'http/1.1'): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, ca, servername: 'localhost', ALPNProtocols: [protocol] };
    const socket = connectTls(options, () => resolve(socket.on('error', () => {})));
    socket.once('error', reject);
  });
}

async function allOf(socket: TLSSocket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  // A flood is cut off while it is still being written: how the socket fails then does not matter.
  await new Promise((resolve) => socket.on('close', resolve));
  return text;
}

const UPGRADE = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

describe('the listener', () => {
  test('serves HTTP/1.1 and HTTP/2 on both loopback addresses and no other', async () => {
    const port = await start(hello);
    expect(await get(port)).toBe('hello GET /a');
    expect(await get(port, '::1')).toBe('hello GET /a');
    const session = connectH2(`https://localhost:${port}`, { ca });
    expect((await session.request({ ':path': '/b' }).toArray()).join('')).toBe('hello GET /b');
    session.close();
    await expect(get(port, '127.0.0.2')).rejects.toThrow('ECONNREFUSED');
  });

  test('says so where the port is taken', async () => {
    const port = await start(hello);
    await expect(listen(certificate, hello, port)).rejects.toThrow('EADDRINUSE');
  });

  test('shows a renewed certificate to new connections, and open ones go on', async () => {
    const port = await start(hello);
    const agent = new Agent({ keepAlive: true });
    expect(await get(port, '127.0.0.1', agent)).toBe('hello GET /a');
    listener?.renew(selfSigned());
    expect(await get(port, '127.0.0.1', agent)).toBe('hello GET /a');
    await expect(get(port)).rejects.toThrow(/self-signed|signature|verify/i);
    agent.destroy();
  });

  test('gives a CONNECT to its handler like any call, and ends the connection with the answer', async () => {
    const port = await start((_req, res) => {
      res.statusCode = 405;
      res.end();
    });
    const socket = await raw(port);
    socket.write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await allOf(socket)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 405']);
    const session = connectH2(`https://localhost:${port}`, { ca });
    const stream = session.request({ ':method': 'CONNECT', ':authority': 'a:1' });
    const [head] = await once(stream, 'response');
    expect(head[':status']).toBe(405);
    session.destroy();
  });

  test('gives an upgrade to its handler like any call, with its connection, and ends that with an answer', async () => {
    const long = 'x'.repeat(1_000_000);
    const early: unknown[] = [];
    const port = await start((_req, res, came) => {
      early.push(came?.take().read().toString());
      (res as NodeJS.WritableStream).end(long);
    });
    const socket = await raw(port);
    socket.write(`GET /a HTTP/1.1\r\n${UPGRADE}GET /b HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect((await allOf(socket)).length).toBeGreaterThan(long.length);
    expect(early).toEqual(['GET /b HTTP/1.1\r\nHost: a\r\n\r\n']);
  });

  test('closes the connection of a refused upgrade on which its client sends on, and does not end', async () => {
    let refused: Socket | undefined;
    const port = await start((_req, res) => {
      refused = (res as ServerResponse).socket ?? undefined;
      (res as NodeJS.WritableStream).end('no');
    });
    const socket = await raw(port);
    socket.allowHalfOpen = true;
    socket.write(`GET /a HTTP/1.1\r\n${UPGRADE}${'x'.repeat(300_000)}`);
    await vi.waitFor(() => expect(refused).toBeDefined());
    await once(refused as Socket, 'close');
    // What it sent was taken: else it could be reset before it has read its answer.
    expect(refused?.bytesRead).toBeGreaterThan(300_000);
  });

  test('lets no upgrade overtake the answer of the call before it', async () => {
    const urls: unknown[] = [];
    const port = await start((req, res) => {
      urls.push(req.url);
      setTimeout(() => (res as NodeJS.WritableStream).end('late'), 50);
    });
    const socket = await raw(port);
    socket.write(`GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\n${UPGRADE}`);
    expect(await allOf(socket)).toBe('');
    expect(urls).toEqual(['/a']);
    const again = await raw(port);
    again.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(again, 'data');
    again.write(`GET /b HTTP/1.1\r\n${UPGRADE}`);
    await allOf(again);
    expect(urls).toEqual(['/a', '/a', '/b']);
  });

  test('does not let small writes of an answer wait for one another over HTTP/1.1', async () => {
    const port = await start((_req, res) => {
      const out = res as NodeJS.WritableStream;
      out.write('a');
      setImmediate(() => {
        out.write('b');
        setImmediate(() => out.end('c'));
      });
    });
    const timed = async (one: () => Promise<unknown>) => {
      const times: number[] = [];
      for (let i = 0; i < 25; i += 1) {
        const beganMs = performance.now();
        await one();
        times.push(performance.now() - beganMs);
      }
      return times.sort((a, b) => a - b)[12] ?? Number.NaN;
    };
    const agent = new Agent({ keepAlive: true });
    const overH1 = await timed(() => get(port, '127.0.0.1', agent));
    const session = connectH2(`https://localhost:${port}`, { ca });
    const overH2 = await timed(() => session.request({ ':path': '/' }).toArray());
    session.close();
    agent.destroy();
    expect(overH1 / overH2).toBeLessThan(10);
  });
});

describe('a client that is slow', () => {
  const soon = { headersTimeoutMs: 200, requestTimeoutMs: 400, timeoutCheckMs: 50 };

  test('to send a head is told and cut off', async () => {
    const port = await start(hello, soon);
    const socket = await raw(port);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow:');
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('to send a body is cut off, one that is slow to be answered is not', async () => {
    let ended = 0;
    const port = await start((req, res) => {
      if (req.method === 'GET') setTimeout(() => (res as NodeJS.WritableStream).end('late'), 900);
      else
        req
          .on('close', () => (ended += 1))
          .on('error', () => {})
          .resume();
    }, soon);
    const slow = await raw(port);
    slow.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    const [, answered] = await Promise.all([allOf(slow), get(port)]);
    expect(ended).toBe(1);
    expect(answered).toBe('late');
  });

  test('to speak on a connection that has switched protocols is not cut off', async () => {
    const port = await start(
      (_req, _res, early) => {
        setTimeout(() => early?.take().end('late'), 900);
      },
      { ...soon, keepAliveMs: 200 },
    );
    const socket = await raw(port);
    socket.write(`GET / HTTP/1.1\r\n${UPGRADE}`);
    expect(await allOf(socket)).toBe('late');
  });

  test('to shake hands is cut off', async () => {
    const port = await start(hello, soon);
    const { Socket } = await import('node:net');
    const socket = new Socket();
    socket.on('error', () => {}).connect(port, '127.0.0.1');
    await once(socket, 'close');
  });
});

describe('a flood', () => {
  /** What the session's end said, while the listener goes on serving others. */
  async function endOf(socket: TLSSocket, port: number): Promise<void> {
    await allOf(socket);
    expect(await get(port)).toBe('hello GET /a');
  }
  const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const PREFACE = Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(4, 0, 0, Buffer.alloc(0)),
  ]);
  /** `:method: GET`, `:scheme: https`, `:path: /` from HPACK's static table. */
  const REQUEST = Buffer.from([0x82, 0x87, 0x84]);

  test('of header bytes ends its connection over HTTP/1.1', async () => {
    const port = await start(hello);
    const socket = await raw(port);
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(BOUNDS.headerBytes)}\r\n\r\n`);
    expect(await allOf(socket)).not.toContain('hello');
    expect(await get(port)).toBe('hello GET /a');
  });

  test('of CONTINUATION frames ends its connection (CVE-2024-27983)', async () => {
    const port = await start(hello);
    const socket = await raw(port, 'h2');
    const ended = endOf(socket, port);
    socket.write(Buffer.concat([PREFACE, frame(1, 0, 1, REQUEST)]));
    const one = Buffer.concat([
      Buffer.from([0x00, 0x01]),
      Buffer.from('a'),
      Buffer.from([0x7f, 0x01]),
      Buffer.alloc(128, 'b'),
    ]);
    const flood = frame(9, 0, 1, Buffer.concat(Array.from({ length: 100 }, () => one)));
    for (let i = 0; i < 200 && !socket.destroyed; i += 1) {
      socket.write(flood);
      await new Promise(setImmediate);
    }
    await ended;
  });

  test('of requests that are reset at once ends its connection (CVE-2023-44487)', async () => {
    const port = await start(hello);
    const socket = await raw(port, 'h2');
    const ended = endOf(socket, port);
    socket.write(PREFACE);
    const reset = Buffer.alloc(4);
    reset.writeUInt32BE(constants.NGHTTP2_CANCEL);
    for (let stream = 1; stream < 40_000 && !socket.destroyed; stream += 2) {
      socket.write(Buffer.concat([frame(1, 5, stream, REQUEST), frame(3, 0, stream, reset)]));
      if (stream % 200 === 1) await new Promise(setImmediate);
    }
    await ended;
  });
});
