import { execFile, spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TlsOptions } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAgent } from './agent.ts';
import { issue, type Subject } from './certificate.ts';
import { BACKDATE_MS, PROFILES } from './profiles.ts';
import { type CertifiableKey, readPublicKey } from './public-key.ts';
import { makeRoot, type Root } from './roots.ts';
import { type Contents, type Issuer, type Name, signCertificate } from './x509.ts';

const HOUR_MS = 3_600_000;
const agent = {
  namespace: 'agents',
  serviceAccount: 'triage-bot',
  uid: '0b9fd8a4-7c11-4f5e-9d2a-3c5b6a7d8e9f',
};
const identity: Subject = { profile: 'identity', agent, trustDomain: 'cluster.example' };
const serving: Subject = {
  profile: 'serving',
  dnsNames: ['chaperone.chaperone-system.svc'],
  ips: ['127.0.0.1'],
};
const loopback: Subject = { profile: 'loopback' };

const nowMs = Date.now();
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const forger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const forgerPem = forger.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const roots = {} as Record<'control' | 'loopback' | 'foreign', Root>;
const pem = {} as Record<Subject['profile'], string>;

function certifiable(key: KeyObject): CertifiableKey {
  const read = readPublicKey(key.export({ type: 'spki', format: 'pem' }) as string);
  if (read.kind === 'unfit') throw new Error(read.why);
  return read.key;
}

beforeAll(async () => {
  roots.control = await makeRoot('control', nowMs);
  roots.loopback = await makeRoot('loopback', nowMs);
  roots.foreign = await makeRoot('loopback', nowMs);
  for (const subject of [identity, serving, loopback]) {
    const root = roots[PROFILES[subject.profile].root];
    pem[subject.profile] = await issue(subject, certifiable(keys.publicKey), root, nowMs);
  }
});

/** A certificate as no code of ours would order it: the defaults are a server's, for an hour either way. */
function forge(contents: Partial<Contents>, issuer: Issuer): Promise<string> {
  const hours = { notBeforeMs: nowMs - HOUR_MS, notAfterMs: nowMs + HOUR_MS };
  const server = { extendedKeyUsage: ['serverAuth'], names: [{ type: 'ip', value: '127.0.0.1' }] } as const;
  return signCertificate(
    { commonName: 'chaperone forged', publicKey: forger.publicKey, ...hours, ...server, ...contents },
    issuer,
  );
}

describe('an issued certificate', () => {
  test.each(['identity', 'serving', 'loopback'] as const)(
    '%s is signed by its root for its lifetime',
    (profile) => {
      const cert = new X509Certificate(pem[profile]);
      const root = new X509Certificate(roots[PROFILES[profile].root].certPem);
      expect(cert.verify(root.publicKey)).toBe(true);
      expect(cert.checkIssued(root)).toBe(true);
      expect(cert.ca).toBe(false);
      expect(cert.checkPrivateKey(keys.privateKey)).toBe(true);
      expect(Math.abs(cert.validFromDate.getTime() - (nowMs - BACKDATE_MS))).toBeLessThan(1000);
      expect(Math.abs(cert.validToDate.getTime() - (nowMs + PROFILES[profile].lifetimeMs))).toBeLessThan(
        1000,
      );
    },
  );

  test('identity names its agent and nothing else, for clients only', () => {
    const cert = new X509Certificate(pem.identity);
    expect(cert.subjectAltName).toBe(
      'URI:spiffe://cluster.example/ns/agents/sa/triage-bot/pod/0b9fd8a4-7c11-4f5e-9d2a-3c5b6a7d8e9f',
    );
    expect(cert.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(readAgent(cert, 'cluster.example')).toEqual(agent);
    expect(readAgent(cert, 'cluster.example.org')).toBeUndefined();
    expect(readAgent(cert, 'cluster')).toBeUndefined();
  });

  test('loopback names every way to the sidecar, for servers only', () => {
    const cert = new X509Certificate(pem.loopback);
    expect(cert.subjectAltName).toBe(
      'DNS:localhost, DNS:kubernetes.default.svc, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(cert.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(readAgent(cert, 'cluster.example')).toBeUndefined();
  });

  test('has a serial of 16 bytes, positive and never the same', async () => {
    const serials = new Set<string>();
    for (let count = 0; count < 8; count += 1) {
      const cert = new X509Certificate(
        await issue(loopback, certifiable(keys.publicKey), roots.loopback, nowMs),
      );
      expect(cert.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
      serials.add(cert.serialNumber);
    }
    expect(serials.size).toBe(8);
  });

  test('does not outlive its root', async () => {
    const lateMs = roots.control.endsMs - HOUR_MS / 2;
    const cert = new X509Certificate(
      await issue(identity, certifiable(keys.publicKey), roots.control, lateMs),
    );
    expect(cert.validToDate.getTime()).toBe(roots.control.endsMs);
  });

  test('is not signed by a root of another kind, an ended one or one that has not begun', async () => {
    const key = certifiable(keys.publicKey);
    await expect(issue(identity, key, roots.loopback, nowMs)).rejects.toThrow(
      'a loopback root signs no identity',
    );
    await expect(issue(loopback, key, roots.control, nowMs)).rejects.toThrow(
      'a control root signs no loopback',
    );
    await expect(issue(identity, key, roots.control, roots.control.endsMs)).rejects.toThrow('not valid now');
    await expect(issue(identity, key, roots.control, nowMs - HOUR_MS)).rejects.toThrow('not valid now');
  });

  test.each([
    { uid: 'x/../../pod/0b9fd8a4-7c11-4f5e-9d2a-3c5b6a7d8e9f' },
    { namespace: 'agents/sa/admin' },
    { serviceAccount: 'bot/pod/1' },
    { namespace: '' },
  ])('does not name an agent whose parts could be read otherwise: %o', async (part) => {
    const forged: Subject = { ...identity, agent: { ...agent, ...part } };
    await expect(issue(forged, certifiable(keys.publicKey), roots.control, nowMs)).rejects.toThrow(
      'cannot be certified',
    );
  });
});

/** One handshake on loopback; says why one side refused the other, or undefined when bytes crossed both ways. */
async function handshake(
  server: TlsOptions,
  client: { servername?: string; host?: string; ca: string; cert?: string; key?: string },
): Promise<string | undefined> {
  const host = client.host ?? '127.0.0.1';
  let refusal: unknown;
  // rejectUnauthorized would do no more than close the connection, and keep the reason to itself.
  const listener = createServer({ key: keyPem, ...server, rejectUnauthorized: false }, (socket) => {
    socket.on('error', () => undefined);
    refusal = server.requestCert ? socket.authorizationError : undefined;
    socket.end(refusal ? '' : 'welcome');
  });
  listener.listen(0, host);
  await once(listener, 'listening');
  const socket = connect({ port: (listener.address() as AddressInfo).port, ...client, host });
  socket.on('error', (error: Error & { code?: string }) => {
    refusal ??= error.code === 'UNSPECIFIED' ? error.message : error.code;
  });
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  await new Promise((resolve) => socket.once('close', resolve));
  listener.close();
  await once(listener, 'close');
  return refusal || Buffer.concat(received).toString() !== 'welcome' ? String(refusal) : undefined;
}

describe('over TLS', () => {
  test.each([
    ['127.0.0.1', {}],
    ['::1', { host: '::1' }],
    ['localhost', { servername: 'localhost' }],
    ['kubernetes.default.svc', { servername: 'kubernetes.default.svc' }],
  ])('a client that trusts the loopback root accepts the sidecar as %s', async (_, how) => {
    expect(await handshake({ cert: pem.loopback }, { ca: roots.loopback.certPem, ...how })).toBeUndefined();
  });

  test('a client does not accept the sidecar under another name, nor by another root of its kind', async () => {
    const ca = roots.loopback.certPem;
    expect(await handshake({ cert: pem.loopback }, { ca, servername: 'shop.svc' })).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    expect(await handshake({ cert: pem.loopback }, { ca: roots.foreign.certPem })).toBe(
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    );
  });

  const outside: Name[] = [
    { type: 'dns', value: 'shop.svc' },
    { type: 'dns', value: 'evilkubernetes.default.svc' },
    { type: 'ip', value: '127.0.0.2' },
    { type: 'ip', value: '::2' },
  ];
  test.each(outside)('a stolen loopback root is worth nothing for $value', async (name) => {
    const cert = await forge({ names: [name, { type: 'dns', value: 'localhost' }] }, roots.loopback);
    const client = { ca: roots.loopback.certPem, servername: 'localhost' };
    expect(await handshake({ key: forgerPem, cert }, client)).toBe('permitted subtree violation');
  });

  test('an identity is a client of the controller', async () => {
    const ca = roots.control.certPem;
    const server = { cert: pem.serving, ca, requestCert: true };
    expect(await handshake(server, { ca, cert: pem.identity, key: keyPem })).toBeUndefined();
  });

  test('an identity cannot serve', async () => {
    expect(await handshake({ cert: pem.identity }, { ca: roots.control.certPem })).toBe('INVALID_PURPOSE');
  });

  test.each(['serving', 'loopback'] as const)('a %s certificate cannot be a client', async (profile) => {
    const ca = roots.control.certPem + roots.loopback.certPem;
    const server = { cert: pem.serving, ca, requestCert: true };
    expect(await handshake(server, { ca, cert: pem[profile], key: keyPem })).toBe('INVALID_PURPOSE');
  });

  test('a stolen loopback root makes no clients', async () => {
    const cert = await forge({ extendedKeyUsage: ['clientAuth'], names: [] }, roots.loopback);
    const ca = roots.control.certPem + roots.loopback.certPem;
    const server = { cert: pem.serving, ca, requestCert: true };
    expect(await handshake(server, { ca, cert, key: forgerPem })).toBe('INVALID_PURPOSE');
  });

  test('a certificate that chaperone issued cannot sign another', async () => {
    const cert = await forge({}, { certPem: pem.serving, key: keys.privateKey });
    expect(await handshake({ key: forgerPem, cert: cert + pem.serving }, { ca: roots.control.certPem })).toBe(
      'key usage does not include certificate signing',
    );
  });

  test('a root cannot hand its power down', async () => {
    const below = await forge(
      { publicKey: keys.publicKey, names: [], authority: { permitted: [] } },
      roots.control,
    );
    const cert = await forge({ commonName: 'leaf' }, { certPem: below, key: keys.privateKey });
    expect(await handshake({ key: forgerPem, cert: cert + below }, { ca: roots.control.certPem })).toBe(
      'PATH_LENGTH_EXCEEDED',
    );
  });
});

const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '';

describe.skipIf(!openssl.startsWith('OpenSSL'))(
  'as OpenSSL reads it (this machine must have openssl)',
  () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'chaperone-ca-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    test.each([
      ['identity', 'sslclient'],
      ['serving', 'sslserver'],
      ['loopback', 'sslserver'],
    ] as const)('%s verifies strictly for %s', async (profile, purpose) => {
      const [root, cert] = [join(folder, `${profile}-root.pem`), join(folder, `${profile}.pem`)];
      await writeFile(root, roots[PROFILES[profile].root].certPem);
      await writeFile(cert, pem[profile]);
      const args = ['verify', '-x509_strict', '-check_ss_sig', '-purpose', purpose, '-CAfile', root, cert];
      expect((await promisify(execFile)('openssl', args)).stdout).toBe(`${cert}: OK\n`);
    });

    test('nobody may overlook what the loopback root must not do', async () => {
      const root = join(folder, 'loopback-root.pem');
      await writeFile(root, roots.loopback.certPem);
      const args = [
        'x509',
        '-noout',
        '-ext',
        'basicConstraints,keyUsage,extendedKeyUsage,nameConstraints',
        '-in',
        root,
      ];
      const { stdout } = await promisify(execFile)('openssl', args);
      expect(stdout.split('\n').map((line) => line.trim())).toEqual([
        'X509v3 Basic Constraints: critical',
        'CA:TRUE, pathlen:0',
        'X509v3 Key Usage: critical',
        'Certificate Sign',
        'X509v3 Extended Key Usage:',
        'TLS Web Server Authentication',
        'X509v3 Name Constraints: critical',
        'Permitted:',
        'DNS:localhost',
        'DNS:kubernetes.default.svc',
        'IP:127.0.0.1/255.255.255.255',
        'IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF',
        '',
      ]);
    });
  },
);
