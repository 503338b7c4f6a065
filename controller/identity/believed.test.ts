import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { issue } from '../../ca/certificate.ts';
import { PROFILES } from '../../ca/profiles.ts';
import { readPublicKey } from '../../ca/public-key.ts';
import { firstRootSet } from '../../ca/root-set.ts';
import { makeRoot, type Root } from '../../ca/roots.ts';
import { believedForMs } from './believed.ts';

const nowMs = Date.UTC(2030, 0, 1);
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const read = readPublicKey(publicKey.export({ type: 'spki', format: 'pem' }) as string);
const agent = {
  namespace: 'agents',
  serviceAccount: 'triage-bot',
  uid: '0b9fd8a4-7c11-4f5e-9d2a-3c5b6a7d8e9f',
};
let old: Root;
let next: Root;
let identity: X509Certificate;

beforeAll(async () => {
  [old, next] = await Promise.all([makeRoot('control', nowMs - 1000), makeRoot('control', nowMs)]);
  if (read.kind === 'unfit') throw new Error(read.why);
  const subject = { profile: 'identity', agent, trustDomain: 'chaperone.local' } as const;
  identity = new X509Certificate(await issue(subject, read.key, old, nowMs));
});

test('an identity is believed until it ends, also after another root has come to sign', () => {
  const rotated = { kind: 'control', signing: next, published: [old, next] } as const;
  expect(believedForMs(identity, rotated, nowMs)).toBe(PROFILES.identity.lifetimeMs);
  expect(believedForMs(identity, rotated, nowMs + PROFILES.identity.lifetimeMs)).toBe(0);
});

test('and no longer than its root is published', () => {
  expect(believedForMs(identity, firstRootSet(next), nowMs)).toBe(0);
});
