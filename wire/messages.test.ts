import { describe, expect, test } from 'vitest';
import { type EnrolRequest, EnrolRequestSchema, type EnrolResponse, EnrolResponseSchema } from './enrol.ts';
import { type EntitlementsMessage, EntitlementsMessageSchema } from './entitlements.ts';
import {
  type KeptLine,
  KeptLineSchema,
  type RecordingAnswer,
  RecordingAnswerSchema,
  type RecordingMessage,
  RecordingMessageSchema,
} from './recordings.ts';
import { type SpendRequest, SpendRequestSchema, type SpendResponse, SpendResponseSchema } from './spend.ts';

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\nAQ==\n-----END CERTIFICATE-----\n';
const key = {
  publicKey: '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n',
  proof: 'x'.repeat(342),
};
const request: EnrolRequest = {
  token: 'eyJ.eyJ.c2ln',
  timeMs: 1_700_000_000_000,
  identity: key,
  loopback: key,
  loopbackRoot: 'a'.repeat(64),
};
const response: EnrolResponse = {
  identity: pem,
  loopback: pem + pem,
  loopbackRoot: pem,
  controlRoots: pem,
  renewAfterMs: 1,
};
const message: EntitlementsMessage = {
  kind: 'snapshot',
  policyResourceVersion: '0',
  grantsResourceVersion: '18446744073709551615',
  controlRoots: pem,
  snapshot: {
    leaseMs: 60_000,
    namespace: 'agents',
    pod: 'triage-5d9c',
    podUid: '0b9f',
    serviceAccount: 'triage-bot',
    guarded: true,
    systemNamespace: 'chaperone-system',
    held: { kind: 'none' },
  },
};

const ask: SpendRequest = { auditId: '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10', verb: 'delete' };
const exhausted: SpendResponse = {
  kind: 'exhausted',
  index: 7,
  budget: { verbs: ['delete'], max: 3, per: '10m' },
  freeInMs: 1,
};

const id = '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10';
const header: Extract<RecordingMessage, { kind: 'open' }>['header'] = {
  version: 2,
  width: 80,
  height: 24,
  timestamp: 1_700_000_000,
  title: 'exec shop/web-0 app -- id',
  chaperone: {
    id,
    namespace: 'shop',
    pod: 'web-0',
    stream: {
      kind: 'exec',
      container: 'app',
      command: ['id'],
      stdin: false,
      stdout: true,
      stderr: true,
      tty: false,
    },
  },
};
const agent = { namespace: 'agents', serviceAccount: 'triage-bot', uid: id };
const chunk: RecordingMessage = { kind: 'chunk', id, seq: 1, events: [[0.25, 'o', 'uid=0\n']] };

const messages = [
  [
    'that a recording begins',
    RecordingMessageSchema,
    { kind: 'open', id, header } satisfies RecordingMessage,
  ],
  ['what it goes on with', RecordingMessageSchema, chunk],
  ['its end', RecordingMessageSchema, { kind: 'close', id, seq: 2 } satisfies RecordingMessage],
  ['that it is kept', RecordingAnswerSchema, { kind: 'kept', id, seq: 0 } satisfies RecordingAnswer],
  ['that it is not', RecordingAnswerSchema, { kind: 'refused', id, why: 'Full' } satisfies RecordingAnswer],
  ['whose a kept part is', KeptLineSchema, { kind: 'part', agent, header } satisfies KeptLine],
  ['an enrolment', EnrolRequestSchema, request],
  ['its answer', EnrolResponseSchema, response],
  ['a snapshot', EntitlementsMessageSchema, message],
  ['a call to count', SpendRequestSchema, ask],
  ['that it was counted', SpendResponseSchema, { kind: 'spent' }],
  ['that there is no room', SpendResponseSchema, exhausted],
] as const;

describe.each(messages)('%s', (_, schema, sound) => {
  test('is read as it was sent', () => {
    expect(schema.parse(JSON.parse(JSON.stringify(sound)))).toEqual(sound);
  });

  test('is refused with a field that this release does not know', () => {
    expect(schema.safeParse({ ...sound, extra: true }).success).toBe(false);
  });

  test('is refused without any one of its fields that must be there', () => {
    for (const field of Object.keys(sound).filter(
      (name) => !(sound === request && name === 'loopbackRoot'),
    )) {
      const { [field]: _gone, ...rest } = sound as Record<string, unknown>;
      expect(schema.safeParse(rest).success, field).toBe(false);
    }
  });
});

test.each([
  { token: 'eyJ.eyJ.c2ln\r\nx' },
  { token: `eyJ.eyJ.${'x'.repeat(16 * 1024)}` },
  { timeMs: 1.5 },
  { timeMs: -1 },
  { loopbackRoot: 'A'.repeat(64) },
  { identity: { ...key, proof: 'x'.repeat(341) } },
  { identity: { ...key, proof: `${'x'.repeat(341)}=` } },
  { loopback: { ...key, publicKey: 'x'.repeat(1101) } },
])('an enrolment is refused with %o', (part) => {
  expect(EnrolRequestSchema.safeParse({ ...request, ...part }).success).toBe(false);
});

test.each([
  '',
  'MIIB',
  `${pem}# and a remark\n`,
  pem.repeat(1000),
  pem.replaceAll('CERTIFICATE', 'PRIVATE KEY'),
])('roots are certificates and nothing else: %j', (controlRoots) => {
  expect(EntitlementsMessageSchema.safeParse({ ...message, controlRoots }).success).toBe(false);
});

test.each(['', '-1', '01', '1e3', '184467440737095516150'])(
  '%j is no resourceVersion to compare',
  (version) => {
    for (const field of ['policyResourceVersion', 'grantsResourceVersion']) {
      expect(EntitlementsMessageSchema.safeParse({ ...message, [field]: version }).success).toBe(false);
    }
  },
);

test.each([
  { auditId: '6B7F0A52-0C1E-4F5F-8F0E-2F8F4F3C9F10' },
  { auditId: 'x' },
  { verb: 'get' },
  { policy: 'agents/other' },
])('a call to count is refused with %o', (part) => {
  expect(SpendRequestSchema.safeParse({ ...ask, ...part }).success).toBe(false);
});

test.each([{ index: 8 }, { freeInMs: 0 }, { freeInMs: 1.5 }, { budget: { ...exhausted.budget, max: 0 } }])(
  'that there is no room is refused with %o',
  (part) => {
    expect(SpendResponseSchema.safeParse({ ...exhausted, ...part }).success).toBe(false);
  },
);

test.each([
  { id: '../../etc/passwd' },
  { id: id.toUpperCase() },
  { seq: 0 },
  { seq: 1.5 },
  { events: [] },
  { events: [[-1, 'o', '']] },
  { events: [[0, 'q', '']] },
  { events: [[0, 'o', {}]] },
  { events: [[0, 'o', '', '']] },
  { events: Array.from({ length: 8193 }, () => [0, 'o', '']) },
])('a chunk of a recording is refused with %o', (part) => {
  expect(RecordingMessageSchema.safeParse({ ...chunk, ...part }).success).toBe(false);
});

test.each([
  { title: 'x'.repeat(257) },
  { timestamp: 1e15 },
  { chaperone: { ...header.chaperone, id: 'x' } },
  { chaperone: { ...header.chaperone, stream: { kind: 'portforward', ports: [0] } } },
  { env: {} },
])('a header of a recording is refused with %o', (part) => {
  const open = { kind: 'open', id, header: { ...header, ...part } };
  expect(RecordingMessageSchema.safeParse(open).success).toBe(false);
});

test('a snapshot that policy/ does not understand is no message', () => {
  const snapshot = { ...message.snapshot, held: { kind: 'everything' } };
  expect(EntitlementsMessageSchema.safeParse({ ...message, snapshot }).success).toBe(false);
});

test.each([
  { mode: 'Open' },
  { mode: 'open' },
  { mode: 'Symbol(open)' },
  { mode: '' },
  { mode: null },
  { mode: true },
  { mode: 'Observe', open: true },
  { mode: 'Observe', unmasked: true },
  { unmasked: false },
])('a snapshot cannot lift more than Observe does: %j', (part) => {
  const sent = (held: object) => ({ ...message, snapshot: { ...message.snapshot, held } });
  const held = { kind: 'policy', name: 'triage', grants: [] };
  expect(EntitlementsMessageSchema.safeParse(sent({ ...held, mode: 'Observe' })).success).toBe(true);
  expect(EntitlementsMessageSchema.safeParse(sent({ ...held, ...part })).success).toBe(false);
  const beside = { ...message, snapshot: { ...message.snapshot, ...part } };
  expect(EntitlementsMessageSchema.safeParse(beside).success).toBe(false);
});
