import { X509Certificate } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { PROFILES, ROOTS } from '../../ca/profiles.ts';
import { keepRoots, type SecretStore } from '../../ca/root-store.ts';
import { memoryStore } from './credentials.fixture.ts';
import { type Credentials, keepCredentials } from './credentials.ts';

const names = { dnsNames: ['chaperone.chaperone-system.svc'], ips: ['10.96.7.7'] };
const bornMs = Date.UTC(2030, 0, 1);
let nowMs: number;
let store: SecretStore & { delete(name: string): void };
let first: Credentials;

const keep = (held: Credentials | undefined = first) => keepCredentials(held, store, names, nowMs);
const rootOf = ({ serving }: Credentials, { roots }: Credentials) =>
  roots.control.published.findIndex(({ certPem }) =>
    new X509Certificate(serving.cert).verify(new X509Certificate(certPem).publicKey),
  );

beforeEach(async () => {
  nowMs = bornMs;
  store = memoryStore(() => nowMs);
  first = await keepCredentials(undefined, store, names, nowMs);
});

test('the serving certificate is kept for half its life and made anew after it', async () => {
  nowMs = bornMs + PROFILES.serving.lifetimeMs / 2 - 1;
  expect((await keep()).serving).toBe(first.serving);
  nowMs += 1;
  const next = await keep();
  expect(next.serving.cert).not.toBe(first.serving.cert);
  expect(next.roots.control.published).toHaveLength(1);
});

test('and where the clock has gone back to before it was made', async () => {
  nowMs = bornMs - 60_000;
  expect((await keep()).serving.cert).not.toBe(first.serving.cert);
});

test('where its root ends before it would, half of what is left counts', async () => {
  nowMs = first.roots.control.signing.endsMs - 100_000;
  const late = await keep();
  expect(late.serving.endsMs - nowMs).toBe(100_000);
  nowMs += 49_999;
  expect((await keep(late)).serving).toBe(late.serving);
  nowMs += 1;
  expect((await keep(late)).serving.cert).not.toBe(late.serving.cert);
});

test('a root that is published is trusted and signs nothing; once it signs, it signs the serving certificate', async () => {
  nowMs = bornMs + ROOTS.control.succeedAfterMs;
  await keepRoots('control', store, nowMs);
  const published = await keep();
  expect(published.roots.control.published).toHaveLength(2);
  expect(rootOf(published, published)).toBe(0);
  nowMs += PROFILES.serving.lifetimeMs;
  const renewed = await keep(published);
  expect(rootOf(renewed, renewed)).toBe(0);
  await keepRoots('control', store, nowMs);
  const signed = await keep(renewed);
  expect(rootOf(signed, signed)).toBe(1);
});

test('steps that are due are not taken by reading', async () => {
  nowMs = bornMs + ROOTS.control.succeedAfterMs;
  expect((await keep()).roots.control.published).toHaveLength(1);
});

test('roots that someone deleted are held until others are there, and are not made here', async () => {
  store.delete('chaperone-control-root');
  store.delete('chaperone-loopback-root');
  const held = await keep();
  expect(held.serving).toBe(first.serving);
  expect(held.roots).toEqual(first.roots);
  expect(await store.get('chaperone-control-root')).toBeUndefined();
  const made = await keepRoots('control', store, nowMs);
  const next = await keep();
  expect(next.roots.control).toEqual(made);
  expect(rootOf(next, next)).toBe(0);
});
