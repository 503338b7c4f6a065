// What an AgentPolicy's status should say: whether it is believed, and if not which field or which other policy is why.
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import type { Parsed } from '../../policy/kinds/parse-strictly.ts';
import { type Conditions, type Said, withCondition } from './conditions.ts';

/** `others`: the valid policies of its namespace, with or without itself. */
export function policyConditions(
  before: Conditions,
  policy: Parsed<AgentPolicy>,
  others: readonly AgentPolicy[],
  facts: { generation: number; nowEpochMs: number },
): Conditions {
  const said = judge(policy, others);
  return withCondition(
    before,
    { type: 'Accepted', ...said, observedGeneration: facts.generation },
    facts.nowEpochMs,
  );
}

function judge(
  policy: Parsed<AgentPolicy>,
  others: readonly AgentPolicy[],
): Omit<Said, 'type' | 'observedGeneration'> {
  if (policy.kind === 'invalid') {
    return {
      status: 'False',
      reason: 'Invalid',
      message: `${policy.field}: ${policy.why}. It gives nothing until that is mended.`,
    };
  }
  const { metadata, spec } = policy.value;
  for (const other of others) {
    const isOther = other.metadata.name !== metadata.name && other.metadata.deletionTimestamp === undefined;
    const shared = spec.agents.serviceAccounts.find((name) =>
      other.spec.agents.serviceAccounts.includes(name),
    );
    if (isOther && shared !== undefined) {
      const message = `AgentPolicy ${other.metadata.name} names ServiceAccount ${shared} too: its agents may do nothing until one of them does not.`;
      return { status: 'False', reason: 'Conflict', message };
    }
  }
  return { status: 'True', reason: 'Valid', message: 'It is understood whole, and what it says holds.' };
}
