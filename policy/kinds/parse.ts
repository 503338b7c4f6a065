// Reads an object of ours: strictly, and with patterns that compile. What compiles them is large, and so this is apart from the
// schemas, which the sidecar has too.
import { readPattern } from '../pattern.ts';
import { AgentPolicy } from './agent-policy.ts';
import { Grant } from './grant.ts';
import { type Parsed, parse } from './parse-strictly.ts';

export const parseGrant = (input: unknown): Parsed<Grant> => parse(Grant, input);

export function parseAgentPolicy(input: unknown): Parsed<AgentPolicy> {
  const parsed = parse(AgentPolicy, input);
  if (parsed.kind === 'invalid') return parsed;
  for (const [at, { pattern }] of (parsed.value.spec.masking?.patterns ?? []).entries()) {
    const read = readPattern(pattern);
    if (read.kind === 'bad')
      return { kind: 'invalid', field: `spec.masking.patterns[${at}].pattern`, why: read.why };
  }
  return parsed;
}
