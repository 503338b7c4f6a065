// The kinds of decision, each as a request that has it for an answer, of the rule that an index finds last.
import { readApiRequest } from '../../policy/api-request.ts';
import { decide } from '../../policy/decide.ts';
import type { Entitlements } from '../../policy/entitlements.ts';
import { END_MS, lastOf, type Shape } from './policies.ts';

export interface Question {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  /** Monotonic ms, from the snapshot's arrival. */
  readonly nowMs: number;
  /** `permit`, or the refusal's code. */
  readonly answer: string;
}

const LIVE = 1;

export function questionsOf(shape: Shape, rules: number): Question[] {
  const { few, many } = lastOf(rules);
  const object = `/api/v1/${shape.object(few)}`;
  const offered = `/api/v1/${shape.object(many)}`;
  const cut = offered.lastIndexOf('/');
  const list = `${offered.slice(0, cut)}?fieldSelector=metadata.name%3D${offered.slice(cut + 1)}`;
  const ask = (name: string, method: string, target: string, answer: string, nowMs = LIVE): Question => ({
    name,
    method,
    target,
    nowMs,
    answer,
  });
  return [
    ask('permit: discovery', 'GET', '/apis/apps/v1', 'permit'),
    ask('permit: standing', 'GET', object, 'permit'),
    ask('permit: Grant, a watch', 'GET', `${list}&watch=1`, 'permit'),
    ask('NoRule', 'PATCH', object, 'NoRule'),
    ask('NoRule, a PUT', 'PUT', object, 'NoRule'),
    ask('NoRule, no such kind', 'GET', '/apis/made.up/v1/namespaces/shop/things', 'NoRule'),
    ask('KindNotNamed', 'POST', '/apis/made.up/v1/namespaces/shop/things', 'KindNotNamed'),
    ask('Never', 'DELETE', object, 'Never'),
    ask('ClosedList', 'POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles', 'ClosedList'),
    ask('ClosedUnlessNamed', 'GET', '/api/v1/nodes', 'ClosedUnlessNamed'),
    ask('GrantAvailable, a list', 'GET', list, 'GrantAvailable'),
    ask('GrantEnded, a watch', 'GET', `${list}&watch=1`, 'GrantEnded', END_MS),
    ask('StandingEnded', 'GET', object, 'StandingEnded', END_MS),
  ];
}

/** Of a body that only changes what is there. */
const CONTENT_TYPE = 'application/merge-patch+json';

/** Reads a question's request and decides it: `permit`, or the refusal's code. */
export function answerOf({ method, target, nowMs }: Question, entitlements: Entitlements): string {
  const request = readApiRequest(method, target);
  const decision = request.kind === 'refusal' ? request : decide(request, entitlements, nowMs, CONTENT_TYPE);
  return decision.kind === 'permit' ? 'permit' : decision.code;
}
