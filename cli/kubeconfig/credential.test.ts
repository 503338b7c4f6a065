import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRoot } from '../../ca/roots.ts';
import { UsageError } from '../usage-error.ts';
import type { Chosen } from './choose.ts';
import { credentialOf } from './credential.ts';
import { askPlugin } from './exec-plugin.ts';
import { UserEntry } from './shapes.ts';

let folder: string;
let nowMs: number;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'credential-'));
  nowMs = 0;
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const WALL = Date.parse('2026-01-01T00:00:00Z');
const server = { url: new URL('https://10.0.0.1:6443'), ca: 'the CA' };
function credential(user: object) {
  const found = <T>(value: T) => ({ name: 'u', value, folder });
  const cluster = found({ server: server.url.href });
  const chosen: Chosen = { context: 'c', namespace: 'default', cluster, user: found(UserEntry.parse(user)) };
  const clock = { monotonicMs: () => nowMs, wallMs: () => WALL + nowMs };
  return credentialOf(chosen, server, { clock, environment: process.env, say: (line) => said.push(line) });
}
function script(name: string, text: string): string {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o700);
  return `./${name}`;
}
const V1 = 'client.authentication.k8s.io/v1';
const answer = (status: string, apiVersion = V1) =>
  `echo '{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":${status}}'`;
const exec = (text: string, more: object = {}) => ({
  exec: { apiVersion: V1, command: script('p', text), ...more },
});

describe('what stands in the kubeconfig', () => {
  it('is presented: a token, a client certificate, a token file before a token', async () => {
    writeFileSync(join(folder, 'token'), 'from-file\n');
    expect(await credential({ token: 't' }).present()).toEqual({ kind: 'presented', bearer: 't' });
    const both = { token: 't', tokenFile: 'token' };
    expect(await credential(both).present()).toEqual({ kind: 'presented', bearer: 'from-file' });
    const { certPem: cert, key } = await makeRoot('control', Date.now());
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const user = { 'client-certificate-data': btoa(cert), 'client-key-data': btoa(pem) };
    expect(await credential(user).present()).toEqual({
      kind: 'presented',
      clientCertificate: { cert, key: pem },
    });
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const mismatch = {
      ...user,
      'client-key-data': btoa(other.export({ type: 'pkcs8', format: 'pem' }).toString()),
    };
    expect(await credential(mismatch).present()).toBeUndefined();
  });

  it('is read again after a second; unreadable it refuses, and says so once, and says when it is back', async () => {
    const held = credential({ tokenFile: 'token' });
    for (let i = 0; i < 2; i += 1) {
      expect(await held.present()).toBeUndefined();
      nowMs += 1000;
    }
    writeFileSync(join(folder, 'token'), 'one');
    expect(await held.present()).toMatchObject({ bearer: 'one' });
    writeFileSync(join(folder, 'token'), 'two');
    expect(await held.present()).toMatchObject({ bearer: 'one' });
    nowMs += 1000;
    expect(await held.present()).toMatchObject({ bearer: 'two' });
    expect(said).toEqual([
      expect.stringMatching(/cannot be had.*ENOENT$/),
      expect.stringMatching(/can be had again$/),
    ]);
  });

  it.each([
    [{ token: 't', as: 'admin' }, /^kubeconfig: user "u": as is not supported$/],
    [{ username: 'u', password: 'p' }, /username is not supported$/],
    [{ 'auth-provider': { name: 'oidc' } }, /auth-provider is not supported$/],
    [{}, /holds no token, no client certificate and no exec plugin$/],
    [{ exec: { apiVersion: V1, command: 'p', interactiveMode: 'Always' } }, /exec\.interactiveMode/],
  ])('is refused at the start where it would not be what the person means: %j', (user, line) => {
    expect(() => credential(user)).toThrow(UsageError);
    expect(() => credential(user)).toThrow(line);
  });
});

describe('an exec plugin', () => {
  it('is told about the cluster, found beside the kubeconfig, and asked once by many', async () => {
    const text = `echo "$KUBERNETES_EXEC_INFO" >> "${'$'}(dirname "$0")/info"\n${answer('{"token":"t"}')}`;
    const held = credential(exec(text, { provideClusterInfo: true }));
    const many = await Promise.all([held.present(), held.present(), held.present()]);
    expect(new Set(many.map((each) => JSON.stringify(each)))).toEqual(
      new Set(['{"kind":"presented","bearer":"t"}']),
    );
    const info = readFileSync(join(folder, 'info'), 'utf8').trimEnd().split('\n');
    expect(info.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        apiVersion: V1,
        kind: 'ExecCredential',
        spec: {
          interactive: false,
          cluster: { server: server.url.href, 'certificate-authority-data': btoa('the CA') },
        },
      },
    ]);
  });

  it.each([
    ['until its token expires', ',"expirationTimestamp":"2026-01-01T00:00:05Z"', 5000],
    ['for a minute where the token lasts longer', ',"expirationTimestamp":"2026-01-02T00:00:00Z"', 60_000],
    ['for a minute where the token has no end', '', 60_000],
    ['for a second where the token has ended already', ',"expirationTimestamp":"2025-01-01T00:00:00Z"', 1000],
  ])('is believed %s', async (_what, expiry, keptMs) => {
    const text = `cd "$(dirname "$0")"; echo x >> n; n=$(grep -c . n)
echo '{"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"'$n'"${expiry}}}'`;
    const held = credential(exec(text));
    expect(await held.present()).toMatchObject({ bearer: '1' });
    nowMs = keptMs - 1;
    expect(await held.present()).toMatchObject({ bearer: '1' });
    nowMs = keptMs;
    expect(await held.present()).toMatchObject({ bearer: '2' });
  });

  it.each([
    ['ends with another exit code', 'echo s3cret; echo s3cret >&2; exit 3', /ended with exit code 3/],
    ['prints no JSON', 'echo s3cret', /printed no ExecCredential/],
    [
      'prints no status',
      `echo '{"apiVersion":"${V1}","kind":"ExecCredential"}'`,
      /printed no ExecCredential/,
    ],
    ['prints another version', answer('{"token":"s3cret"}', `${V1}beta1`), /another apiVersion/],
    ['prints an empty token', answer('{"token":""}'), /neither a token nor a client certificate/],
    ['prints a certificate alone', answer('{"clientCertificateData":"s3cret"}'), /not a pair/],
    ['prints without end', 'yes s3cret', /printed more than/],
  ])('that %s refuses, and nothing of what it wrote is said', async (_what, text, line) => {
    expect(await credential(exec(text)).present()).toBeUndefined();
    expect(said).toEqual([expect.stringMatching(line)]);
    expect(said.join()).not.toContain('s3cret');
  });

  it('that is not there, or does not answer, is given up', async () => {
    const plugin = { args: [], environment: process.env, apiVersion: V1 };
    const absent = await askPlugin({ ...plugin, command: join(folder, 'absent') });
    expect(absent).toEqual({ kind: 'failed', why: 'absent cannot be run: ENOENT' });
    script('slow', 'sleep 2 & sleep 2');
    const slow = await askPlugin({ ...plugin, command: join(folder, 'slow') }, 100);
    expect(slow).toMatchObject({ kind: 'failed', why: expect.stringMatching(/^slow did not answer/) });
  });
});
