import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { decideAgain } from './decide-again.ts';
import { entitlementsOf, grantOf, policyOf, requestOf, revealTls } from './fixtures.ts';

const core = '/api/v1/namespaces/shop';
const withStanding = (...rules: object[]) => ({
  policies: [policyOf({ standing: { lifetime: '8h', rules } })],
});

describe('decided again', () => {
  const masked = { ...revealTls, reveal: undefined };
  const facts = { ...withStanding(masked), grants: [grantOf()] };
  const request = requestOf('GET', `${core}/secrets/web-tls`);

  test('a permit that revealed is refused where only a masked one is left', () => {
    const permit = decide(request, entitlementsOf(facts), 0);
    if (permit.kind === 'refusal') throw new Error(permit.message);
    expect(permit.reveal).toBe(true);
    const after = entitlementsOf({ ...facts, grants: [] });
    expect(decideAgain(permit, after, 0)).toMatchObject({
      code: 'RevealEnded',
      message: expect.stringContaining('; AgentPolicy agents/triage standing.rules[0] does now, '),
    });
    expect(decide(request, after, 0)).toMatchObject({ kind: 'permit', reveal: false });
  });

  test('a permit that did not reveal goes on under any rule that covers it', () => {
    const permit = decide(request, entitlementsOf({ ...facts, grants: [] }), 0);
    if (permit.kind === 'refusal') throw new Error(permit.message);
    expect(decideAgain(permit, entitlementsOf(facts), 0)).toMatchObject({ kind: 'permit' });
  });

  test('a call is cut when its policy hides more than when it was let through, and not when it hides less', () => {
    const under = (masking: object | undefined) => entitlementsOf({ policies: [policyOf({ masking })] });
    const pods = requestOf('GET', `${core}/pods?watch=1`);
    const permit = decide(pods, under(undefined), 0);
    if (permit.kind === 'refusal') throw new Error(permit.message);
    const again = decideAgain(permit, under({ wellKnown: true }), 0);
    expect(again).toMatchObject({ kind: 'refusal', code: 'MaskingAdded', httpStatus: 403 });
    const masked = decide(pods, under({ wellKnown: true }), 0);
    if (masked.kind === 'refusal') throw new Error(masked.message);
    expect(masked.masking).toEqual({ wellKnown: true });
    // It goes on as it was asked for, and is compared with that.
    const less = decideAgain(masked, under(undefined), 0);
    expect(less).toMatchObject({ kind: 'permit', masking: { wellKnown: true } });
  });
});
