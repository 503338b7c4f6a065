import { expect, test } from 'vitest';
import { entitlementsOf } from '../fixtures.ts';
import { asksAboutItself } from './self.ts';

const user = 'system:serviceaccount:agents:triage-bot';
const asks = (subject: object) => asksAboutItself(subject, entitlementsOf());

test.each([
  { user },
  { user, uid: '', groups: [] },
  { user, groups: ['system:serviceaccounts', 'system:serviceaccounts:agents', 'system:authenticated'] },
])('%j is the agent itself', (subject) => {
  expect(asks(subject)).toBe(true);
});

test.each([
  {},
  { user: '' },
  { groups: ['system:serviceaccounts'] },
  { user: 'kubernetes-admin' },
  { user: 'system:serviceaccount:agents:other' },
  { user: 'system:serviceaccount:shop:triage-bot' },
  { user: `${user} ` },
  { user, groups: ['system:masters'] },
  { user, groups: ['system:serviceaccounts:shop'] },
  { user, uid: '1' },
  { user, extra: {} },
  { user, extra: { 'authentication.kubernetes.io/pod-name': ['triage'] } },
])('%j is somebody else', (subject) => {
  expect(asks(subject)).toBe(false);
});
