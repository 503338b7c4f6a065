// Our kinds as the controller reads them: by their strict schemas, and no larger than a person writes. What is larger gives
// nothing, as what is not understood does, so that no one's objects crowd out the others'.
import type { AgentPolicy } from '../policy/kinds/agent-policy.ts';
import type { Grant } from '../policy/kinds/grant.ts';
import { parseAgentPolicy, parseGrant } from '../policy/kinds/parse.ts';
import type { Parsed } from '../policy/kinds/parse-strictly.ts';

/** As JSON: hundreds of rules as people write them; the schemas' own bounds, all used, would come to many times that. */
export const MAX_SPEC_BYTES = 64 * 1024;

export const readPolicy = (object: unknown): Parsed<AgentPolicy> =>
  tooLarge(object) ?? parseAgentPolicy(object);

export const readGrant = (object: unknown): Parsed<Grant> => tooLarge(object) ?? parseGrant(object);

function tooLarge(object: unknown): Extract<Parsed<never>, { kind: 'invalid' }> | undefined {
  const { spec } = (object ?? {}) as { spec?: unknown };
  if (Buffer.byteLength(JSON.stringify(spec ?? {})) <= MAX_SPEC_BYTES) return undefined;
  return { kind: 'invalid', field: 'spec', why: 'is larger than 64 KiB as JSON' };
}
