// GETs over HTTP/2, the load's calls spread over its connections.
import { connect } from 'node:http2';
import { bodyOf, type Client, type Got } from './h1.ts';
import type { Job } from './job.ts';

export function h2Client({ load, url, ca, token }: Job): Client {
  const sessions = Array.from({ length: load.connections }, () => connect(url, { ca, servername: '' }));
  // What breaks a connection breaks its streams, which tell.
  for (const session of sessions) session.on('error', () => {});
  const headers = { ':path': load.path, authorization: `Bearer ${token}`, accept: 'application/json' };
  let turn = 0;
  return (onBytes) => {
    turn += 1;
    const session = sessions[turn % sessions.length];
    return new Promise<Got>((resolve, reject) => {
      if (session === undefined) throw new RangeError('a load has a connection');
      const stream = session.request(headers);
      stream.on('response', (head) => {
        const body = bodyOf(Number(head[':status']));
        stream.on('data', (chunk: Buffer) => {
          body.take(chunk);
          onBytes?.(chunk);
        });
        stream.on('end', () => resolve(body.got));
      });
      stream.on('error', reject);
    });
  };
}
