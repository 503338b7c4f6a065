import { describe, expect, test } from 'vitest';
import type { ApiRequest } from './api-request.ts';
import { countsAs } from './budget.ts';
import { decide } from './decide.ts';
import { decideAgain } from './decide-again.ts';
import { entitlementsOf, grantOf, policyOf, requestOf } from './fixtures.ts';
import { permitted, standing, under } from './mode.fixture.ts';
import { OPEN } from './mode.ts';
import { attachOf, attachRule, execOf, execRule, portsOf, portsRule } from './streams.fixture.ts';
import type { Facts } from './take-snapshot.ts';

const give = (...rules: object[]): Partial<Facts> => ({ policies: [policyOf(standing(...rules))] });
const ask = (request: ApiRequest, facts: Partial<Facts>, nowMs = 1) =>
  decide(request, entitlementsOf(facts), nowMs);
const scope = (rule: object) => ({ scopes: [{ name: 's', maxDuration: '10m', rules: [rule] }] });
const pod = '/api/v1/namespaces/shop/pods';
const listing = give(execRule(['app'], ['ls'], ['cat', '/etc/hosts']));

describe('a rule for exec', () => {
  test.each(['GET', 'POST'])('gives what begins with one of its commands, by %s', (method) => {
    for (const command of [['ls'], ['ls', '-l', '/'], ['cat', '/etc/hosts'], ['cat', '/etc/hosts', '/x']])
      expect(ask(execOf('app', command, method), listing)).toMatchObject({
        kind: 'permit',
        request: { method, verb: method === 'GET' ? 'get' : 'create' },
        rule: 'AgentPolicy agents/triage standing.rules[0]',
        stream: { ports: [], record: 'required' },
      });
  });

  test.each([
    ['another command', 'app', ['sh'], 'CommandNotAllowed'],
    ['a shorter one', 'app', ['cat'], 'CommandNotAllowed'],
    ['a word that only begins alike', 'app', ['cat', '/etc/hosts.bak'], 'CommandNotAllowed'],
    ['the words as one', 'app', ['cat /etc/hosts'], 'CommandNotAllowed'],
    ['another case', 'app', ['LS'], 'CommandNotAllowed'],
    ['no command', 'app', [], 'CommandNotAllowed'],
    ['an empty word', 'app', [''], 'CommandNotAllowed'],
    ['another container', 'db', ['ls'], 'ContainerNotAllowed'],
    ['no container', '', ['ls'], 'ContainerNotNamed'],
  ])('does not give %s', (_, container, command, code) => {
    for (const method of ['GET', 'POST'])
      expect(ask(execOf(container, command, method), listing)).toMatchObject({ code, httpStatus: 403 });
  });

  test('gives no other pod, no attach and no port', () => {
    for (const target of [
      `${pod}/web-1/exec?container=app&command=ls`,
      `${pod}/web-0/attach?container=app`,
      `${pod}/web-0/portforward?ports=80`,
      '/api/v1/namespaces/other/pods/web-0/exec?container=app&command=ls',
    ])
      expect(ask(requestOf('GET', target), listing)).toMatchObject({ code: 'ClosedUnlessNamed' });
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'HEAD'])('gives no %s', (method) => {
    const request = requestOf(method, `${pod}/web-0/exec?container=app&command=ls`);
    expect(ask(request, listing)).toMatchObject({ code: 'ClosedList' });
  });

  test('holds nothing together with another: each call is given by one', () => {
    const facts = give(execRule(['app'], ['ls']), execRule(['db'], ['psql']));
    expect(ask(execOf('db', ['psql']), facts).kind).toBe('permit');
    expect(ask(execOf('db', ['ls']), facts)).toMatchObject({ code: 'CommandNotAllowed' });
    expect(ask(execOf('app', ['psql']), facts)).toMatchObject({ code: 'CommandNotAllowed' });
  });

  test('never reaches the own pod', () => {
    const own = { ...execRule(['app'], ['ls']), namespaces: ['agents'], resourceNames: ['triage-5d9c'] };
    const target = '/api/v1/namespaces/agents/pods/triage-5d9c/exec?container=app&command=ls';
    for (const method of ['GET', 'POST'])
      expect(ask(requestOf(method, target), give(own))).toMatchObject({ code: 'ClosedList' });
  });
});

describe('a rule for attach', () => {
  test('gives its containers, also one that was added to debug the pod', () => {
    const facts = give(attachRule('app', 'debugger-x7k2p'));
    expect(ask(attachOf('debugger-x7k2p'), facts)).toMatchObject({ stream: { record: 'required' } });
    expect(ask(attachOf('db'), facts)).toMatchObject({ code: 'ContainerNotAllowed' });
    expect(ask(attachOf('', 'POST'), facts)).toMatchObject({ code: 'ContainerNotNamed' });
    expect(ask(execOf('app', ['ls']), facts)).toMatchObject({ code: 'ClosedUnlessNamed' });
  });
});

describe('rules for port-forward', () => {
  const grant = grantOf({ scope: 's' });

  test('give their ports and no others', () => {
    const facts = give(portsRule(80, 443));
    expect(ask(portsOf([443, 80]), facts)).toMatchObject({
      stream: { ports: [80, 443], record: 'optional' },
    });
    expect(ask(portsOf([80, 5432]), facts)).toMatchObject({
      code: 'PortNotAllowed',
      message: expect.stringContaining('gives port 5432; the rules for this pod give port 80, 443. '),
    });
    expect(ask(portsOf(), facts)).toMatchObject({ stream: { ports: [80, 443] } });
  });

  test('add up, and end with the first of them', () => {
    const spec = { ...standing(portsRule(80)), ...scope({ ...portsRule(5432), record: 'required' }) };
    const facts = { policies: [policyOf(spec)], grants: [grant] };
    const both = { ports: [5432, 80], record: 'required' };
    expect(ask(portsOf(), facts)).toMatchObject({ until: 300_000, stream: both });
    expect(ask(portsOf(), { ...facts, standingRemainingMs: 200_000 })).toMatchObject({ until: 200_000 });
    expect(ask(portsOf([80, 5432]), facts)).toMatchObject({ grant: 'agents/triage-7f2', stream: both });
    // What a rule has no part in does not hang on it.
    expect(ask(portsOf([80]), facts)).toMatchObject({
      until: 3_600_000,
      stream: { ports: [80], record: 'optional' },
    });
  });

  test('that a scope would give are told of, also beside those that a rule gives', () => {
    const facts = { policies: [policyOf({ ...standing(portsRule(80)), ...scope(portsRule(5432)) })] };
    expect(ask(portsOf([80, 5432]), facts)).toMatchObject({ code: 'GrantAvailable', scope: 's' });
    expect(ask(portsOf([80, 9999]), facts)).toMatchObject({ code: 'PortNotAllowed' });
  });
});

describe('whichever way a client asks', () => {
  test.each(['get', 'create'])('a never with %s takes it', (verb) => {
    const never = [{ allNamespaces: true, apiGroups: [''], resources: ['pods/exec'], verbs: [verb] }];
    const policies = [policyOf({ ...standing(execRule(['app'], ['ls'])), never })];
    for (const method of ['GET', 'POST'])
      expect(ask(execOf('app', ['ls'], method), { policies })).toMatchObject({ code: 'Never' });
  });

  test('a never with another verb, of another pod or another stream leaves it', () => {
    const ban = { namespaces: ['shop'], apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] };
    const never = [
      { ...ban, verbs: ['delete'] },
      { ...ban, resourceNames: ['web-1'] },
      { ...ban, resources: ['pods/attach', 'pods'] },
    ];
    const policies = [policyOf({ ...standing(execRule(['app'], ['ls'])), never })];
    expect(ask(execOf('app', ['ls']), { policies }).kind).toBe('permit');
  });

  test('the refusal speaks of create, and budgets count it as that', () => {
    expect(ask(execOf('app', ['sh']), listing)).toMatchObject({
      message: expect.stringMatching(/^chaperone refuses create pods\/exec "web-0" in namespace shop: /),
    });
    for (const request of [execOf('app', ['ls']), attachOf('app'), portsOf([], 'GET'), portsOf()])
      expect(countsAs(request)).toBe('create');
  });
});

describe('what a refusal tells', () => {
  const messageOf = (request: ApiRequest, facts: Partial<Facts> = listing): string => {
    const decision = ask(request, facts);
    if (decision.kind === 'permit') throw new Error('it is permitted');
    return decision.message;
  };

  test('the command as a shell takes it, and those that the rules give there', () => {
    expect(messageOf(execOf('app', ['sh', '-c', "echo 'a b'"]))).toContain(
      `gives the command sh -c 'echo '\\''a b'\\''' in container app; the rules for this container give what begins with: ls; cat /etc/hosts. `,
    );
    expect(messageOf(execOf('app', []))).toContain('gives no command in container app; ');
  });

  test('the containers that the rules give, in the words of kubectl', () => {
    expect(messageOf(execOf('', ['ls']))).toContain(
      'the rules for this pod give container app. Change it: name one ',
    );
    expect(messageOf(execOf('', ['ls']))).toContain('(kubectl: -c)');
  });

  test('nothing without bounds or unprintable, whatever is asked and however many rules', () => {
    const many = Array.from({ length: 30 }, (_, at) => [`${'x'.repeat(200)}${at}`, 'y'.repeat(200)]);
    const asked = execOf('app', ['a\n\u202e', ...Array(100).fill('word')]);
    const message = messageOf(asked, give(execRule(['app'], ...many)));
    expect(message.length).toBeLessThan(1600);
    expect(message).toContain("the command $'a\\U0000000a\\U0000202e' word");
    expect(message).toMatch(/Change it: run a command that begins/);
  });

  test('first the Grant that would give it', () => {
    const facts = {
      policies: [policyOf({ ...standing(execRule(['app'], ['ls'])), ...scope(execRule(['app'], ['sh'])) })],
    };
    expect(ask(execOf('app', ['sh', '-c', 'ls']), facts)).toMatchObject({
      code: 'GrantAvailable',
      scope: 's',
    });
  });

  test('of rules that have ended, that they have', () => {
    const facts = { ...listing, standingRemainingMs: 5 };
    expect(ask(execOf('app', ['ls']), facts, 5)).toMatchObject({ code: 'StandingEnded' });
    expect(ask(execOf('app', ['sh']), facts, 5)).toMatchObject({ code: 'ClosedUnlessNamed' });
  });
});

describe('under Observe', () => {
  const observing = (request: ApiRequest, facts: Partial<Facts>, nowMs = 1) =>
    decide(request, under('Observe', entitlementsOf(facts)), nowMs);

  test.each([
    ['CommandNotAllowed', execOf('app', ['sh']), execRule(['app'], ['ls'])],
    ['ContainerNotAllowed', execOf('db', ['ls']), execRule(['app'], ['ls'])],
    ['PortNotAllowed', portsOf([5432]), portsRule(80)],
  ])('%s takes no effect, and what the API server is asked to record stays', (code, request, rule) => {
    const isExec = rule.ports === undefined;
    expect(observing(request, give(rule))).toMatchObject({
      kind: 'permit',
      instead: { code },
      stream: isExec ? { record: 'required' } : { ports: [5432], record: 'optional' },
    });
  });

  test('who names no container is refused, for no rule could give that', () => {
    expect(observing(execOf('', ['ls']), listing)).toMatchObject({ code: 'ContainerNotNamed' });
    expect(decide(execOf('', ['ls']), under(OPEN, entitlementsOf(listing)), 1)).toMatchObject({
      instead: { code: 'ContainerNotNamed' },
      stream: { record: 'required' },
    });
  });

  test('a pod that no live rule names stays closed', () => {
    const closed = { code: 'ClosedUnlessNamed' };
    expect(observing(execOf('app', ['ls']), {})).toMatchObject(closed);
    expect(observing(execOf('app', ['sh']), { ...listing, standingRemainingMs: 5 }, 5)).toMatchObject(closed);
  });
});

describe('a stream under way', () => {
  const first = permitted(ask(execOf('app', ['ls', '-l']), listing));
  const again = (facts: Partial<Facts>) => decideAgain(first, entitlementsOf(facts), 1);

  test('goes on while its container and its command are still given', () => {
    expect(again(give(execRule(['app', 'db'], ['ls', '-l'])))).toMatchObject({ kind: 'permit' });
    expect(again(give(execRule(['app'], ['ls', '-a'])))).toMatchObject({ code: 'CommandNotAllowed' });
    expect(again(give(execRule(['db'], ['ls'])))).toMatchObject({ code: 'ContainerNotAllowed' });
    expect(again({})).toMatchObject({ code: 'ClosedUnlessNamed' });
  });

  test('ends where a recording is required that may not be there', () => {
    const rule = execRule(['app'], ['ls']);
    const unrecorded = permitted(ask(execOf('app', ['ls']), give({ ...rule, record: 'optional' })));
    expect(unrecorded.stream).toEqual({ ports: [], record: 'optional' });
    expect(decideAgain(unrecorded, entitlementsOf(give(rule)), 1)).toMatchObject({ code: 'RecordingAdded' });
    expect(again(give({ ...rule, record: 'optional' }))).toMatchObject({ kind: 'permit' });
  });
});
