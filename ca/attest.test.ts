import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { StatusSchema } from '../wire/status.ts';
import { attest, PROOF_WINDOW_MS } from './attest.ts';
import { attestationStatus, refused } from './attestation-refusals.ts';
import { answers, type KeyPair, keyPairs, NOW_MS, pod, request, review, UID } from './enrolment.fixture.ts';

const code = async (...args: Parameters<typeof attest>) => {
  const answer = await attest(...args);
  return answer.kind === 'refused' ? answer.code : answer.kind;
};

const untouched = {
  ...answers(),
  reviewToken: () => Promise.reject(new Error('asked the API server for someone who has proven nothing')),
};

test('attests the sidecar of a living, injected pod', async () => {
  const answer = await attest(request(), answers());
  expect(answer).toMatchObject({
    kind: 'attested',
    agent: {
      namespace: 'agents',
      serviceAccount: 'triage-bot',
      pod: 'triage-5d9c',
      uid: UID,
      node: 'node-1',
    },
  });
  if (answer.kind !== 'attested') return;
  expect(answer.keys.identity.equals(keyPairs.identity.publicKey)).toBe(true);
  expect(answer.keys.loopback.equals(keyPairs.loopback.publicKey)).toBe(true);
});

describe('the proof', () => {
  test.each([-PROOF_WINDOW_MS, PROOF_WINDOW_MS])('may be %d ms from now', async (offMs) => {
    expect(await code(request({ timeMs: NOW_MS + offMs }), answers())).toBe('attested');
  });

  test.each([-PROOF_WINDOW_MS - 1, PROOF_WINDOW_MS + 1])('may not be %d ms from now', async (offMs) => {
    expect(await code(request({ timeMs: NOW_MS + offMs }), untouched)).toBe('StaleProof');
  });

  test('is refused for another time than it was made at', async () => {
    expect(await code(request({}, { timeMs: NOW_MS + 1 }), untouched)).toBe('ProofMismatch');
  });

  test.each([
    ['another token', { token: 'e.y.J' }],
    ['a connection to someone else', { controllerSha256: 'f'.repeat(64) }],
    ['another purpose (identity)', { purposes: { identity: 'loopback', loopback: 'loopback' } as const }],
    ['another purpose (loopback)', { purposes: { identity: 'identity', loopback: 'identity' } as const }],
  ])('is refused when it was made for %s', async (_, how) => {
    expect(await code(request(how), untouched)).toBe('ProofMismatch');
  });

  test.each(['identity', 'loopback'] as const)('of the %s key must be made by that key', async (purpose) => {
    const sound = request();
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKey = other.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const forged = { ...sound, [purpose]: { ...sound[purpose], publicKey } };
    expect(await code(forged, untouched)).toBe('ProofMismatch');
    const proof = sound[purpose].proof.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    expect(await code({ ...sound, [purpose]: { ...sound[purpose], proof } }, untouched)).toBe(
      'ProofMismatch',
    );
  });
});

describe('the keys', () => {
  test('are refused when both are one', async () => {
    const keys = { identity: keyPairs.identity, loopback: keyPairs.identity };
    expect(await code(request({ keys }), untouched)).toBe('SharedKey');
  });

  const n = Buffer.concat([Buffer.of(0xff), randomBytes(5120 / 8 - 2), Buffer.of(0xff)]).toString(
    'base64url',
  );
  const huge = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
  const unfit: [string, KeyPair][] = [
    ['RSA of 5120 bits', { ...keyPairs.identity, publicKey: huge }],
    ['RSA of 1024 bits', generateKeyPairSync('rsa', { modulusLength: 1024 })],
    ['RSA with exponent 3', generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })],
    ['RSA for PSS alone', generateKeyPairSync('rsa-pss', { modulusLength: 2048 })],
    ['an elliptic curve', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ];
  test.each(unfit)('are refused when one is %s', async (_, pair) => {
    expect(await code(request({ keys: { ...keyPairs, identity: pair } }), untouched)).toBe('UnfitKey');
    expect(await code(request({ keys: { ...keyPairs, loopback: pair } }), untouched)).toBe('UnfitKey');
  });

  test('are refused when one is a private key', async () => {
    const publicKey = keyPairs.identity.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const sound = request();
    expect(await code({ ...sound, identity: { ...sound.identity, publicKey } }, untouched)).toBe('UnfitKey');
  });
});

describe('the token', () => {
  const user = review.user;
  const extra = user?.extra;
  test.each([
    ['the API server does not know', { authenticated: false }, 'TokenRejected'],
    [
      'the API server does not vouch for',
      { audiences: ['chaperone'], user: review.user ?? {} },
      'TokenRejected',
    ],
    ['the API server could not check', { ...review, error: 'etcd' }, 'TokenRejected'],
    [
      'is for another audience',
      { ...review, audiences: ['https://kubernetes.default.svc'] },
      'TokenRejected',
    ],
    ['was checked without regard to audiences', { ...review, audiences: [] }, 'TokenRejected'],
    ['belongs to a person', { ...review, user: { ...user, username: 'jane' } }, 'NotAPod'],
    ['belongs to a node', { ...review, user: { ...user, username: 'system:node:agents:bot' } }, 'NotAPod'],
    [
      'names its ServiceAccount oddly',
      { ...review, user: { ...user, username: 'system:serviceaccount:agents:triage-bot:x' } },
      'NotAPod',
    ],
    ['is bound to nothing', { ...review, user: { username: user?.username ?? '' } }, 'NotAPod'],
    [
      'is bound to two pods',
      {
        ...review,
        user: { ...user, extra: { ...extra, 'authentication.kubernetes.io/pod-uid': [UID, 'x'] } },
      },
      'NotAPod',
    ],
    [
      'has a pod without a UID',
      { ...review, user: { ...user, extra: { 'authentication.kubernetes.io/pod-name': ['triage-5d9c'] } } },
      'NotAPod',
    ],
  ])('is refused when it %s', async (_, status, expected) => {
    expect(await code(request(), answers({ review: status }))).toBe(expected);
  });
});

describe('the pod', () => {
  const { metadata, spec } = pod;
  test.each([
    ['is gone', undefined, 'PodGone'],
    ['was made anew under its name', { ...pod, metadata: { uid: 'another' } }, 'OtherPod'],
    ['has no UID', { ...pod, metadata: {} }, 'OtherPod'],
    [
      'runs as another ServiceAccount',
      { ...pod, spec: { ...spec, serviceAccountName: 'x' } },
      'OtherServiceAccount',
    ],
    ['says no ServiceAccount', { metadata: { uid: UID } }, 'OtherServiceAccount'],
    ['is terminating', { ...pod, metadata: { ...metadata, deletionTimestamp: new Date() } }, 'PodEnding'],
    ['has failed', { ...pod, status: { phase: 'Failed' } }, 'PodEnding'],
    ['has succeeded', { ...pod, status: { phase: 'Succeeded' } }, 'PodEnding'],
  ])('is refused when it %s', async (_, found, expected) => {
    expect(await code(request(), answers({ pod: found }))).toBe(expected);
  });

  test('is refused where admission has not seen it', async () => {
    expect(await code(request(), answers({ labelled: false }))).toBe('NamespaceUnseen');
  });

  test('is refused without our sidecar', async () => {
    expect(await code(request(), answers({ injected: false }))).toBe('SidecarMissing');
  });
});

test('an API server that does not answer attests nobody', async () => {
  const deps = { ...answers(), readPod: () => Promise.reject(new Error('connection refused')) };
  await expect(attest(request(), deps)).rejects.toThrow('connection refused');
});

test('a refusal is a Status that says what to do next', () => {
  const status = attestationStatus(refused('UnfitKey', 'it is not an RSA key'));
  expect(status).toMatchObject(StatusSchema.parse(status));
  expect(status).toMatchObject({
    code: 400,
    reason: 'BadRequest',
    message:
      'chaperone refuses to attest this sidecar: a public key is not one that is certified: it is not an RSA key. ' +
      'Tell the operators of chaperone: sidecar and controller must be of one release.',
    details: { causes: [{ reason: 'UnfitKey' }, { reason: 'Remedy', message: 'operators' }] },
  });
});
