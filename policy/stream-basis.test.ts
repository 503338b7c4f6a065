// Which of several rules decides whether a stream must be recorded: any that wants it.
import { describe, expect, test } from 'vitest';
import type { ApiRequest } from './api-request.ts';
import { decide } from './decide.ts';
import { decideAgain } from './decide-again.ts';
import { entitlementsOf, grantOf, policyOf, requestOf } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';
import { permitted } from './mode.fixture.ts';
import { indexed, named } from './rule-index.ts';
import { attachOf, attachRule, execOf, execRule, portsOf, portsRule } from './streams.fixture.ts';
import type { Facts } from './take-snapshot.ts';

const exec = execRule(['app'], ['ls']);
const attach = attachRule('app');
const optional = (rule: Rule): Rule => ({ ...rule, record: 'optional' });
const required = (rule: Rule): Rule => ({ ...rule, record: 'required' });

/** `granted`: what a Grant gives, stronger than all that stands. */
const facts = (rules: Rule[], granted: Rule[] = [], spec: object = {}): Partial<Facts> => {
  const scopes = [{ name: 's', maxDuration: '10m', rules: granted }];
  return {
    policies: [
      policyOf({
        standing: rules.length > 0 ? { lifetime: '8h', rules } : undefined,
        scopes: granted.length > 0 ? scopes : undefined,
        ...spec,
      }),
    ],
    grants: granted.length > 0 ? [grantOf({ scope: 's' })] : [],
  };
};
const ask = (request: ApiRequest, of: Partial<Facts>, nowMs = 1) =>
  permitted(decide(request, entitlementsOf({ leaseMs: 900_000, ...of }), nowMs));
const recordOf = (request: ApiRequest, of: Partial<Facts>, nowMs?: number) =>
  ask(request, of, nowMs).stream?.record;

describe.each([
  ['exec', execOf('app', ['ls', '-l']), exec],
  ['attach', attachOf('app', 'POST'), attach],
])('an %s', (_, call, rule) => {
  test('is recorded where any rule that gives it wants so, wherever that stands', () => {
    expect(recordOf(call, facts([optional(rule), required(rule)]))).toBe('required');
    expect(recordOf(call, facts([required(rule), optional(rule)]))).toBe('required');
    expect(recordOf(call, facts([optional(rule), rule]))).toBe('required');
    expect(recordOf(call, facts([optional(rule), optional(rule)]))).toBe('optional');
  });

  test('is recorded where a Grant wants so, or a standing rule behind a Grant that does not', () => {
    expect(ask(call, facts([required(rule)], [optional(rule)]))).toMatchObject({
      grant: 'agents/triage-7f2',
      stream: { record: 'required' },
    });
    expect(recordOf(call, facts([optional(rule)], [required(rule)]))).toBe('required');
    expect(recordOf(call, facts([optional(rule)], [optional(rule)]))).toBe('optional');
  });

  test('is cut where one comes to give it that wants a recording', () => {
    const unrecorded = ask(call, facts([optional(rule)]));
    const again = (of: Partial<Facts>) => decideAgain(unrecorded, entitlementsOf(of), 1);
    expect(again(facts([optional(rule)], [required(rule)]))).toMatchObject({ code: 'RecordingAdded' });
    expect(again(facts([optional(rule)], [optional(rule)]))).toMatchObject({ kind: 'permit' });
  });

  test('has nothing from rules that have ended, or give something else', () => {
    const ended = facts([optional(rule)], [required(rule)]);
    expect(recordOf(call, ended, 300_000)).toBe('optional');
    const others = [
      required({ ...rule, resourceNames: ['web-1'] }),
      required({ ...rule, containers: ['db'] }),
      required(rule === exec ? attach : exec),
      required(portsRule(80)),
    ];
    expect(recordOf(call, facts([optional(rule), ...others]))).toBe('optional');
  });
});

describe('what Observe lets through', () => {
  const observe = { mode: 'Observe' };

  test('is recorded where any live rule for its pod wants so, whatever that gives there', () => {
    for (const asked of [[9999], [8080, 9999], [9999, 8080]])
      for (const method of ['GET', 'POST'])
        expect(ask(portsOf(asked, method), facts([required(portsRule(8080))], [], observe))).toMatchObject({
          instead: { code: 'PortNotAllowed' },
          stream: { ports: asked, record: 'required' },
        });
    const both = [optional(portsRule(80)), required(portsRule(443))];
    expect(recordOf(portsOf([22]), facts(both, [], observe))).toBe('required');
    expect(
      recordOf(portsOf([22]), facts([optional(portsRule(80))], [required(portsRule(443))], observe)),
    ).toBe('required');
  });

  test('is not where none does, or one that has ended, of another pod or of another kind', () => {
    const of = (...rules: Rule[]) => facts([portsRule(80), ...rules], [required(portsRule(443))], observe);
    expect(recordOf(portsOf([22]), of(), 300_000)).toBe('optional');
    const elsewhere = required({ ...portsRule(22), resourceNames: ['web-1'] });
    expect(recordOf(portsOf([22]), of(elsewhere, exec), 300_000)).toBe('optional');
  });

  test('is recorded of exec and attach, for no rule says that it need not be', () => {
    const of = facts([optional(exec), optional(attach)], [], observe);
    expect(recordOf(execOf('app', ['sh']), of)).toBe('required');
    expect(recordOf(attachOf('db'), of)).toBe('required');
  });

  test('is so against a never too', () => {
    const never = ['exec', 'portforward'].map((each) => ({
      allNamespaces: true,
      apiGroups: [''],
      resources: [`pods/${each}`],
      verbs: ['create'],
    }));
    const of = facts([optional(exec), optional(portsRule(80)), required(portsRule(443))], [], {
      ...observe,
      never,
    });
    expect(recordOf(execOf('app', ['ls']), of)).toBe('required');
    expect(recordOf(portsOf([80]), of)).toBe('required');
  });
});

test('a port-forward names the strongest rule that gives all its ports, else the strongest that gives one', () => {
  const of = facts([portsRule(80, 443)], [portsRule(443)]);
  expect(ask(portsOf([80, 443]), of)).toMatchObject({ rule: 'AgentPolicy agents/triage standing.rules[0]' });
  expect(ask(portsOf([443]), of)).toMatchObject({ rule: 'Grant agents/triage-7f2' });
  expect(ask(portsOf([80, 443]), facts([portsRule(80)], [portsRule(443)]))).toMatchObject({
    rule: 'Grant agents/triage-7f2',
  });
});

test('a pod whose name only falls into the same row of the index is another pod, under Observe too', () => {
  const rules = [exec, attach, portsRule(80)];
  const targetOf = (pod: string) => `/api/v1/namespaces/shop/pods/${pod}`;
  const index = indexed([{ rule: exec }], 'gives');
  const isAlike = (pod: string) =>
    named(index, requestOf('POST', `${targetOf(pod)}/exec?container=app&command=ls`)).length > 0;
  const alike = Array.from({ length: 100_000 }, (_, at) => `web-${at + 1}`).find(isAlike);
  for (const what of ['exec?container=app&command=ls', 'attach?container=app', 'portforward?ports=80'])
    for (const mode of ['Enforce', 'Observe'])
      expect(
        decide(
          requestOf('POST', `${targetOf(`${alike}`)}/${what}`),
          entitlementsOf(facts(rules, [], { mode })),
          1,
        ),
      ).toMatchObject({ code: 'ClosedUnlessNamed' });
});
