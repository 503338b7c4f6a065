// Recordings read back: HTTP on the loopback of the controller's pod alone, so that nobody reads them but who may port-forward
// to it (RBAC, pods/portforward in chaperone's namespace). No other pod reaches it, and no page of a browser does, which would
// call it by another name.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from '../../telemetry/logger.ts';
import { type LeftOut, READ_BACK } from '../../wire/recordings.ts';
import { LINES_CONTENT_TYPE } from '../../wire/routes.ts';
import type { Folder, PartFile } from './folder.ts';
import { listed } from './listed.ts';

const ADDRESS = '127.0.0.1';
const MAX_CONNECTIONS = 16;

export interface Reading {
  readonly port: number;
  stop(): Promise<void>;
}

/** `port`: READ_BACK's, or 0 for one of several in one network. */
export async function startReading(folder: Folder, port: number, log: Logger): Promise<Reading> {
  async function* heads(all: readonly PartFile[]): AsyncIterable<string> {
    const { parts, leftOut } = listed(all);
    if (leftOut > 0) yield `${JSON.stringify({ kind: 'leftOut', parts: leftOut } satisfies LeftOut)}\n`;
    for (const { name } of parts) {
      for await (const line of folder.lines(name)) {
        yield `${line}\n`;
        break;
      }
    }
  }

  async function* whole(parts: readonly PartFile[]): AsyncIterable<string> {
    for (const { name } of parts) for await (const line of folder.lines(name)) yield `${line}\n`;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '', headers } = request;
    if (headers.host !== `${ADDRESS}:${READ_BACK.port}`) return end(response, 421);
    if (method !== 'GET') return end(response, 405);
    const parts = await folder.list();
    if (url === READ_BACK.list) return lines(response, heads(parts));
    const own = parts.filter(({ id }) => url === `${READ_BACK.one}${id}`);
    return own.length === 0 ? end(response, 404) : lines(response, whole(own));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // Who reads has gone, or is told by the end that comes too early.
      log.warn('recordings could not be read', { error });
      response.destroy();
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(port, ADDRESS);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

async function lines(response: ServerResponse, each: AsyncIterable<string>): Promise<void> {
  response.writeHead(200, { 'content-type': LINES_CONTENT_TYPE });
  await pipeline(Readable.from(each), response);
}
