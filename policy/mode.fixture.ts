// What the tests of the modes start from: a policy that observes, and any policy under another mode.
import type { Permit } from './decide.ts';
import type { Entitlements } from './entitlements.ts';
import { policyOf } from './fixtures.ts';
import type { Mode } from './mode.ts';
import type { Refusal } from './refusal.ts';

export function under(mode: Mode, entitlements: Entitlements): Entitlements {
  const { held } = entitlements;
  return held.kind === 'policy' ? { ...entitlements, held: { ...held, mode } } : entitlements;
}

export const shop = '/api/v1/namespaces/shop';
export const observed = (spec: object = {}) => ({ policies: [policyOf({ mode: 'Observe', ...spec })] });

export const permitted = (answer: Permit | Refusal): Permit => {
  if (answer.kind === 'refusal') throw new Error(answer.message);
  return answer;
};

export const standing = (...rules: object[]) => ({ standing: { lifetime: '8h', rules } });
