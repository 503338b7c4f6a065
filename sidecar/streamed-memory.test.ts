// What is not protected passes as it comes, whatever its size: shown in a process of its own, whose heap is bounded like a
// sidecar's (charts/chaperone), between a real server and a real client.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';

const HEAP = ['--max-semi-space-size=1', '--max-old-space-size=96'];
const MB = 1_000_000;
const MAX_GROWN_BYTES = 48 * MB;
const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
/** Of each call it says how far its peak has grown since the one before. */
const SHOW = `
  const { createServer, get } = await import('node:http');
  const { show } = await import(${url('./show.ts')});
  const { createRoom } = await import(${url('./room.ts')});
  const { readApiRequest } = await import(${url('../policy/api-request.ts')});
  const request = readApiRequest('GET', '/api/v1/namespaces/shop/configmaps');
  const showing = { wall: undefined, answers: createRoom(0), stream: undefined, request };
  const peak = () => process.resourceUsage().maxRSS * 1024;
  let before = peak();
  const server = createServer((req, res) => {
    get({ port: process.argv[1], path: req.url }, async (answer) => {
      const { kind } = await show(answer, res, showing);
      res.end();
      console.log(JSON.stringify({ kind, grown: peak() - before }));
      before = peak();
    });
  }).listen(0, '127.0.0.1', () => console.log(server.address().port));`;

test('200 MB that are not protected stream through with constant memory', async () => {
  const piece = Buffer.alloc(64 * 1024, 'x');
  const answer = (req: IncomingMessage, res: ServerResponse): void => {
    const pieces = Math.ceil(Number(req.url?.slice(1)) / piece.length);
    void pipeline(Readable.from(Array(pieces).fill(piece)), res);
  };
  await using upstream = createServer(answer).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const child = spawn(process.execPath, [...HEAP, '--input-type=module', '-e', SHOW, String(port)]);
  try {
    const lines = child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false });
    const said = async () => JSON.parse((await lines.next()).value) as unknown;
    const shownAt = (await said()) as number;
    const asked = async (bytes: number) => {
      const [res] = (await once(get({ port: shownAt, path: `/${bytes}` }), 'response')) as [IncomingMessage];
      let length = 0;
      for await (const chunk of res) length += (chunk as Buffer).length;
      expect(length).toBeGreaterThanOrEqual(bytes);
      return (await said()) as { kind: string; grown: number };
    };
    expect(await asked(10 * MB)).toMatchObject({ kind: 'shown' });
    const { grown } = await asked(200 * MB);
    expect(grown).toBeLessThan(MAX_GROWN_BYTES);
  } finally {
    child.kill();
  }
});
