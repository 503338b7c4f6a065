// A stub of the API server, as a program of its own: TLS, HTTP/1.1 and HTTP/2, ready-made answers, so that what is measured
// is the proxy in front. It also takes the sidecar's spans.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSecureServer, type Http2ServerResponse } from 'node:http2';
import { ANSWERS, EVENT, PATHS } from './bodies.ts';

export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

/** An event a millisecond and watch: more than any cluster sends, and each a write of its own. */
const EVENT_EVERY_MS = 1;

const [host = '', port = '', spansPort = '', certificate = '', key = ''] = process.argv.slice(2);

const watches = new Set<Http2ServerResponse>();
setInterval(() => {
  for (const res of watches) if (!res.writableNeedDrain) res.write(EVENT);
}, EVENT_EVERY_MS);

const server = createSecureServer(
  { allowHTTP1: true, cert: readFileSync(certificate), key: readFileSync(key) },
  (req, res) => {
    res.setHeader('content-type', 'application/json');
    if (req.url === PATHS.watch) {
      (res as unknown as { flushHeaders(): void }).flushHeaders();
      watches.add(res);
      res.on('close', () => watches.delete(res));
      return;
    }
    const { status, bytes } = ANSWERS[req.url] ?? { status: 404, bytes: Buffer.alloc(0) };
    res.statusCode = status;
    res.setHeader('content-length', bytes.length);
    res.end(bytes);
  },
);
server.on('secureConnection', (socket) => socket.setNoDelay(true));
// Connections stay open between the rounds of a measurement, as an API server's do.
Object.assign(server, { keepAliveTimeout: 0 });

const spans = createServer((req, res) => {
  req.resume().on('end', () => res.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
});

server.listen(Number(port), host, () => {
  spans.listen(Number(spansPort), '127.0.0.1', () => process.stdout.write('ready\n'));
});
