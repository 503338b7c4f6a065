import { expect, test } from 'vitest';
import { decide } from '../policy/decide.ts';
import type { Entitlements } from '../policy/entitlements.ts';
import { entitlementsOf, grantOf, policyOf, requestOf } from '../policy/fixtures.ts';
import { type Mode, OPEN } from '../policy/mode.ts';
import { reviewKind } from '../policy/review/kind.ts';
import { askReview } from './review.ts';

const at = '/apis/authorization.k8s.io/v1';
const tls = { namespace: 'shop', verb: 'get', resource: 'secrets', name: 'web-tls' };
const granted = entitlementsOf({ grants: [grantOf()] });
const user = 'system:serviceaccount:agents:triage-bot';

function ask(target: string, spec: object, entitlements: Entitlements = granted) {
  const request = requestOf('POST', target);
  const permit = decide(request, entitlements, 0);
  const kind = reviewKind(request);
  if (permit.kind === 'refusal' || kind === undefined) throw new Error(target);
  let held: Entitlements | undefined = entitlements;
  let nowMs = 1;
  const parts = { held: { current: () => held, take() {}, onChange() {} }, now: () => nowMs };
  const asked = askReview(kind, Buffer.from(JSON.stringify({ kind, spec })), undefined, permit, parts);
  const answered = (value: unknown) => {
    if (asked.kind === 'refusal') throw new Error(asked.message);
    return asked.wall?.body(value);
  };
  return {
    asked,
    answered,
    become(next: Entitlements | undefined, thenMs: number) {
      held = next;
      nowMs = thenMs;
    },
  };
}
const yes = { kind: 'SelfSubjectAccessReview', status: { allowed: true } };
const allowed = (is: boolean) => ({ kind: 'masked', value: { status: { allowed: is } } });

test('what goes up is printed from what was asked, and nothing else of the body', () => {
  const { asked } = ask(`${at}/selfsubjectaccessreviews?pretty=true`, { resourceAttributes: tls });
  if (asked.kind === 'refusal') throw new Error(asked.message);
  expect(JSON.parse(String(asked.bytes))).toEqual({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: tls },
  });
  expect(asked).toMatchObject({
    contentType: 'application/json',
    permit: { target: `${at}/selfsubjectaccessreviews?pretty=true`, rule: 'reviews' },
  });
});

test('the policy is asked when the answer comes: what ended meanwhile is no right any more', () => {
  const review = ask(`${at}/selfsubjectaccessreviews`, { resourceAttributes: tls });
  expect(review.answered(yes)).toMatchObject(allowed(true));
  review.become(entitlementsOf(), 1);
  expect(review.answered(yes)).toMatchObject(allowed(false));
  review.become(granted, 300_000);
  expect(review.answered(yes)).toMatchObject(allowed(false));
  review.become(undefined, 1);
  expect(review.answered(yes)).toMatchObject({ kind: 'unreadable' });
});

test('so is a list', () => {
  const review = ask(`${at}/selfsubjectrulesreviews`, { namespace: 'shop' });
  const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['secrets'] }];
  const answer = () =>
    review.answered({ status: { resourceRules, nonResourceRules: [], incomplete: false } });
  expect(answer()).toMatchObject({ value: { status: { resourceRules: [{ resourceNames: ['web-tls'] }] } } });
  review.become(entitlementsOf(), 1);
  expect(answer()).toMatchObject({ value: { status: { resourceRules: [] } } });
});

test('an error of the API server passes, and what is no review does not', () => {
  const { answered } = ask(`${at}/selfsubjectaccessreviews`, { resourceAttributes: tls });
  const error = { kind: 'Status', code: 422, message: 'is invalid' };
  expect(answered(error)).toMatchObject({ kind: 'masked', value: error });
  for (const value of [[], 'yes', {}, { kind: 'Table', rows: [] }, { status: { allowed: 'yes' } }])
    expect(answered(value)).toMatchObject({ kind: 'unreadable' });
});

test('one that names the agent goes up as its own, under a permit of its own, and comes back as it was asked', () => {
  const spec = { resourceAttributes: tls, user, groups: ['system:authenticated'] };
  const { asked, answered } = ask(`${at}/namespaces/shop/localsubjectaccessreviews?pretty=1`, spec);
  if (asked.kind === 'refusal') throw new Error(asked.message);
  expect(asked.permit.target).toBe(`${at}/selfsubjectaccessreviews`);
  expect(asked.permit.request.target).toBe(asked.permit.target);
  expect(JSON.parse(String(asked.bytes))).toMatchObject({
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: tls },
  });
  expect(String(asked.bytes)).not.toContain(user);
  expect(answered(yes)).toMatchObject({
    value: {
      kind: 'LocalSubjectAccessReview',
      metadata: { namespace: 'shop' },
      spec,
      status: { allowed: true },
    },
  });
});

test('one about others is refused in every mode of a policy, and passes as it came, marked, with everything open', () => {
  const others = { resourceAttributes: tls, user: 'jane' };
  const under = (mode: Mode) => {
    const entitlements = entitlementsOf({ policies: [policyOf({ mode: 'Observe' })] });
    if (entitlements.held.kind !== 'policy') throw new Error('no policy');
    const held: Entitlements = { ...entitlements, held: { ...entitlements.held, mode } };
    return ask(`${at}/subjectaccessreviews`, others, held).asked;
  };
  expect(ask(`${at}/subjectaccessreviews`, others).asked).toMatchObject({ code: 'ClosedList' });
  expect(under('Observe')).toMatchObject({ code: 'ClosedList' });
  const open = under(OPEN);
  expect(open).toMatchObject({ permit: { instead: { code: 'ClosedList' } } });
  expect(open).not.toHaveProperty('wall');
  expect(open.kind === 'carried' && JSON.parse(String(open.bytes))).toMatchObject({ spec: others });
});
