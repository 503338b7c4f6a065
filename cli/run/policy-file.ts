// The file that `chaperone run` is governed by: exactly one AgentPolicy and any number of Grants, as YAML documents. What
// names a pod or an agent in them stands for this run.
import { parseAllDocuments } from 'yaml';
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import type { Grant } from '../../policy/kinds/grant.ts';
import { parseAgentPolicy, parseGrant } from '../../policy/kinds/parse.ts';

export type PolicyFile =
  | { readonly kind: 'valid'; readonly policy: AgentPolicy; readonly grants: readonly Grant[] }
  /** One line that names the document and the field. */
  | { readonly kind: 'invalid'; readonly why: string };

/** What stands in the place of a pod, its namespace and its ServiceAccount. */
export const LOCAL = {
  namespace: 'local',
  pod: { name: 'local', uid: 'local' },
  serviceAccount: 'local',
  /** Where chaperone runs in a cluster unless its owners chose another namespace. */
  systemNamespace: 'chaperone-system',
} as const;

type Loose = Readonly<Record<string, unknown>>;

/** Reads the text of a policy file. Never throws. */
export function readPolicyFile(text: string): PolicyFile {
  const documents = parseAllDocuments(text);
  const policies: AgentPolicy[] = [];
  const grants: Grant[] = [];
  for (const [index, document] of [...documents].entries()) {
    const problem = document.errors[0];
    if (problem !== undefined) return invalid(index, `YAML: ${problem.code}`);
    const value = toPlain(document);
    if (value === null) continue;
    const kind = (value as Loose | undefined)?.kind;
    if (kind !== 'AgentPolicy' && kind !== 'Grant')
      return invalid(index, 'kind: is neither AgentPolicy nor Grant');
    const parsed =
      kind === 'AgentPolicy'
        ? parseAgentPolicy(localPolicy(value as Loose))
        : parseGrant(localGrant(value as Loose));
    if (parsed.kind === 'invalid') return invalid(index, `${kind} ${parsed.field}: ${parsed.why}`);
    if (parsed.value.kind === 'AgentPolicy') policies.push(parsed.value);
    else grants.push(parsed.value);
  }
  const [policy] = policies;
  if (policy === undefined || policies.length > 1) {
    return { kind: 'invalid', why: `it holds ${policies.length} AgentPolicies where exactly one is needed` };
  }
  const names = grants.map((grant) => grant.metadata.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined
    ? { kind: 'valid', policy, grants }
    : { kind: 'invalid', why: `Grant ${twice} stands there twice` };
}

/** Aliases are not needed here, and are how YAML explodes (CVE-2019-11253). */
function toPlain(document: ReturnType<typeof parseAllDocuments>[number] & { toJS?: unknown }): unknown {
  try {
    return (document as { toJS(options: { maxAliasCount: number }): unknown }).toJS({ maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

function localPolicy(raw: Loose): unknown {
  const spec = raw.spec as Loose | undefined;
  return {
    ...raw,
    metadata: { ...(raw.metadata as Loose | undefined), namespace: LOCAL.namespace },
    spec: { ...spec, agents: { serviceAccounts: [LOCAL.serviceAccount] } },
  };
}

function localGrant(raw: Loose): unknown {
  const { status: _controllers, ...rest } = raw;
  const spec = raw.spec as Loose | undefined;
  return {
    ...rest,
    metadata: { ...(raw.metadata as Loose | undefined), namespace: LOCAL.namespace },
    spec: { ...spec, pod: LOCAL.pod },
  };
}

function invalid(index: number, why: string): PolicyFile {
  return { kind: 'invalid', why: `document ${index + 1}: ${why}` };
}
