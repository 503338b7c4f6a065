// The least that a proxy in Node can be, as a program of its own: node:https to https.Agent, nothing looked at but where it
// goes. It is the table's 1.0: what the sidecar costs above it is ours.
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { Agent, request } from 'node:https';
import { pipeline } from 'node:stream';
import { PATHS } from './bodies.ts';

const [port = '', upstream = '', ca = '', certificate = '', key = ''] = process.argv.slice(2);
const { hostname, port: upstreamPort } = new URL(upstream);
const agent = new Agent({ keepAlive: true, ca: readFileSync(ca), maxSockets: 768, maxFreeSockets: 64 });

const server = createSecureServer(
  { allowHTTP1: true, cert: readFileSync(certificate), key: readFileSync(key) },
  (req, res) => {
    if (req.url === PATHS.refused) {
      res.writeHead(403).end();
      return;
    }
    const { authorization = '', accept = '*/*' } = req.headers;
    const call = request({
      agent,
      hostname,
      port: upstreamPort || 443,
      servername: '',
      method: req.method,
      path: req.url,
      headers: { host: hostname, accept, authorization },
    });
    call.on('response', (answer) => {
      const { 'content-type': type = '', 'content-length': length } = answer.headers;
      res.writeHead(answer.statusCode ?? 502, {
        'content-type': type,
        ...(length === undefined ? {} : { 'content-length': length }),
      });
      // A watch that its client left takes its own upstream along.
      pipeline(answer, res, () => call.destroy());
    });
    call.on('error', () => res.destroy());
    call.end();
  },
);
server.on('secureConnection', (socket) => socket.setNoDelay(true));
Object.assign(server, { keepAliveTimeout: 0 });
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
