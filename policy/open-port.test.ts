import { expect, test } from 'vitest';
import { decide, type Permit } from './decide.ts';
import { decideAgain } from './decide-again.ts';
import { entitlementsOf, grantOf, policyOf, requestOf } from './fixtures.ts';
import { permitted, standing, under } from './mode.fixture.ts';
import { openPort } from './open-port.ts';
import { execOf, execRule, portsOf, portsRule } from './streams.fixture.ts';

const scopes = [{ name: 's', maxDuration: '10m', rules: [portsRule(5432)] }];
const policies = [policyOf({ ...standing(portsRule(80)), scopes })];
const both = entitlementsOf({ policies, grants: [grantOf({ scope: 's' })] });
const onlyStanding = entitlementsOf({ policies });
const forwarded = permitted(decide(portsOf(), both, 0));

const open = (permit: Permit, port: number, entitlements = both) => openPort(permit, port, entitlements, 1);
const portsAsked = ({ request }: Permit) => request.kind === 'resource' && request.stream;

test('a port is opened where a rule gives it, and the permit names it from then on', () => {
  const once = permitted(open(forwarded, 80));
  const twice = permitted(open(permitted(open(once, 5432)), 80));
  expect(portsAsked(once)).toEqual({ kind: 'portforward', ports: [80] });
  expect(portsAsked(twice)).toEqual({ kind: 'portforward', ports: [80, 5432] });
  expect(twice.target).toBe(forwarded.target);
});

test('no other is, and the line says which are', () => {
  expect(open(forwarded, 22)).toMatchObject({
    code: 'PortNotAllowed',
    message: expect.stringContaining('gives port 22; the rules for this pod give port 5432, 80. '),
  });
  expect(open(forwarded, 5432, onlyStanding)).toMatchObject({ code: 'GrantAvailable' });
  expect(openPort(forwarded, 80, both, 60_000)).toMatchObject({ code: 'StaleLease' });
});

test('a port-forward goes on while all that it has opened is given, and no more is asked', () => {
  const web = permitted(open(forwarded, 80));
  expect(decideAgain(web, onlyStanding, 1)).toMatchObject({ kind: 'permit', stream: { ports: [80] } });
  const db = permitted(open(web, 5432));
  expect(decideAgain(db, onlyStanding, 1)).toMatchObject({ code: 'GrantAvailable' });
});

test('under Observe any port is opened, and marked', () => {
  expect(open(forwarded, 22, under('Observe', both))).toMatchObject({
    kind: 'permit',
    instead: { code: 'PortNotAllowed' },
  });
});

test('what is no port-forward opens none', () => {
  const exec = execRule(['app'], ['ls']);
  const entitlements = entitlementsOf({ policies: [policyOf(standing(exec, portsRule(80)))] });
  const permit = permitted(decide(execOf('app', ['ls']), entitlements, 0));
  expect(openPort(permit, 80, entitlements, 1)).toMatchObject({ kind: 'refusal' });
  const discovered = permitted(decide(requestOf('GET', '/version'), entitlements, 0));
  expect(openPort(discovered, 80, entitlements, 1)).toMatchObject({ code: 'UpgradeRefused' });
});
