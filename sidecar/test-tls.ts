// For the tests of this folder: a certificate for 127.0.0.1 and localhost that is its own root, and a controller's side of
// a connection, a real TLS HTTP/2 server that answers as a test says.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import forge from 'node-forge';
import type { Certificate } from './listener.ts';

const DAY_MS = 86_400_000;

export function selfSigned(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + DAY_MS);
  const name = [{ name: 'commonName', value: `test ${Math.random()}` }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  const dns = 2;
  const ip = 7;
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: dns, value: 'localhost' },
        { type: ip, ip: '127.0.0.1' },
      ],
    },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return { chain: forge.pki.certificateToPem(certificate).replaceAll('\r', ''), key: privateKey };
}

const GONE_WITHIN_MS = 2_000;

export interface TestController extends AsyncDisposable {
  readonly url: URL;
  /** PEM: what it is believed by. */
  readonly roots: string;
  /** How many connections were made. */
  readonly connections: number;
}

export async function startController(
  answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
): Promise<TestController> {
  const { chain, key } = selfSigned();
  const server = createSecureServer({ cert: chain, key, requestCert: true, rejectUnauthorized: false });
  let connections = 0;
  const closers = new Set<() => void>();
  server.on('session', (session) => {
    connections += 1;
    const close = () => session.destroy();
    closers.add(close);
    session.on('close', () => closers.delete(close)).on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    answer(stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`),
    roots: chain,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const close of closers) close();
      // Whoever holds on to a connection is not waited for.
      await Promise.race([closed, after(GONE_WITHIN_MS)]);
    },
  };
}
