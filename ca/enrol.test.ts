import { X509Certificate } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { EnrolRequestSchema, EnrolResponseSchema } from '../wire/enrol.ts';
import { readAgent } from './agent.ts';
import type { PodFacts } from './attest.ts';
import { type EnrolDeps, enrol } from './enrol.ts';
import { answers, keyPairs, NOW_MS, request, UID } from './enrolment.fixture.ts';
import { bundle, firstRootSet } from './root-set.ts';
import { makeRoot, type Root } from './roots.ts';

const HOUR_MS = 3_600_000;
const roots = {} as Record<'control' | 'oldLoopback' | 'newLoopback', Root>;
let deps: EnrolDeps<PodFacts>;

beforeAll(async () => {
  roots.control = await makeRoot('control', NOW_MS - HOUR_MS);
  roots.oldLoopback = await makeRoot('loopback', NOW_MS - 2 * HOUR_MS);
  roots.newLoopback = await makeRoot('loopback', NOW_MS - HOUR_MS);
  deps = {
    ...answers(),
    trustDomain: 'cluster.example',
    roots: {
      control: firstRootSet(roots.control),
      loopback: {
        kind: 'loopback',
        signing: roots.newLoopback,
        published: [roots.oldLoopback, roots.newLoopback],
      },
    },
  };
});

async function enrolled(...args: Parameters<typeof enrol>) {
  const answer = await enrol(...args);
  if (answer.kind === 'refused') throw new Error(answer.code);
  return answer;
}

test('gives an attested sidecar two certificates for its two keys, and the roots to trust', async () => {
  const { agent, response } = await enrolled(EnrolRequestSchema.parse(request()), deps);
  expect(agent).toMatchObject({ namespace: 'agents', serviceAccount: 'triage-bot', uid: UID });
  expect(EnrolResponseSchema.parse(response)).toEqual(response);

  const [identity, loopback] = [
    new X509Certificate(response.identity),
    new X509Certificate(response.loopback),
  ];
  expect(identity.checkPrivateKey(keyPairs.identity.privateKey)).toBe(true);
  expect(loopback.checkPrivateKey(keyPairs.loopback.privateKey)).toBe(true);
  expect(identity.verify(new X509Certificate(roots.control.certPem).publicKey)).toBe(true);
  expect(loopback.verify(new X509Certificate(response.loopbackRoot).publicKey)).toBe(true);
  expect(readAgent(identity, 'cluster.example')).toEqual({
    namespace: 'agents',
    serviceAccount: 'triage-bot',
    uid: UID,
  });
  expect(response.controlRoots).toBe(bundle(deps.roots.control));
  expect(response.renewAfterMs).toBe(HOUR_MS / 2);
});

test('a new pod starts with the root that signs; a renewed one keeps the root it started with', async () => {
  const started = await enrolled(request(), deps);
  expect(started.response.loopbackRoot).toBe(roots.newLoopback.certPem);
  const renewed = await enrolled(request({}, { loopbackRoot: roots.oldLoopback.id }), deps);
  expect(renewed.response.loopbackRoot).toBe(roots.oldLoopback.certPem);
  const loopback = new X509Certificate(renewed.response.loopback);
  expect(loopback.verify(new X509Certificate(roots.oldLoopback.certPem).publicKey)).toBe(true);
});

test.each([
  ['control', 60_000, 30_000],
  ['loopback', 60_000, 30_000],
  ['control', 900, 1000],
] as const)(
  'a %s root that ends in %d ms has what it signs renewed after %d ms',
  async (kind, leftMs, renewAfterMs) => {
    const nowMs = roots.control.bornMs + HOUR_MS;
    const { signing } = deps.roots[kind];
    const ending = { kind, signing: { ...signing, endsMs: nowMs + leftMs }, published: [] };
    const { response } = await enrolled(request({ timeMs: nowMs }), {
      ...deps,
      nowMs,
      roots: { ...deps.roots, [kind]: ending },
    });
    expect(response.renewAfterMs).toBe(renewAfterMs);
  },
);

test('refuses a pod whose root is not held, or has ended', async () => {
  const unknown = request({}, { loopbackRoot: roots.control.id });
  expect(await enrol(unknown, deps)).toMatchObject({ kind: 'refused', code: 'LoopbackRootGone' });
  const nowMs = roots.oldLoopback.endsMs;
  const ended = request({ timeMs: nowMs }, { loopbackRoot: roots.oldLoopback.id });
  expect(await enrol(ended, { ...deps, nowMs })).toMatchObject({ kind: 'refused', code: 'LoopbackRootGone' });
});

test('renews nothing for a pod that is gone', async () => {
  expect(await enrol(request(), { ...deps, ...answers({ pod: undefined }) })).toMatchObject({
    code: 'PodGone',
  });
});
