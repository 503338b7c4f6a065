// The file that `chaperone run` is governed by: exactly one AgentPolicy and any number of Grants, as YAML documents. What
// names a pod or an agent in them stands for this run. A file that is not understood to its last field is no policy.
import { type Document, parseAllDocuments } from 'yaml';
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import type { Grant } from '../../policy/kinds/grant.ts';
import { parseAgentPolicy, parseGrant } from '../../policy/kinds/parse.ts';
import { giftOf } from '../../policy/narrower.ts';

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

/** Where there is no file: a policy that covers nothing. */
export const NO_RULES = JSON.stringify({
  apiVersion: 'chaperone.dev/v1alpha1',
  kind: 'AgentPolicy',
  metadata: { name: 'none' },
  spec: {},
});

const KINDS = {
  AgentPolicy: { parse: parseAgentPolicy, local: { agents: { serviceAccounts: [LOCAL.serviceAccount] } } },
  Grant: { parse: parseGrant, local: { pod: LOCAL.pod } },
} as const;

/** Reads the text of a policy file. Never throws. */
export function readPolicyFile(text: string): PolicyFile {
  const policies: AgentPolicy[] = [];
  const grants: Grant[] = [];
  for (const [index, document] of parseAllDocuments(text, { prettyErrors: true }).entries()) {
    const read = readDocument(document);
    if (read.kind === 'invalid') return { kind: 'invalid', why: `document ${index + 1}: ${read.why}` };
    if (read.kind === 'AgentPolicy') policies.push(read);
    if (read.kind === 'Grant') grants.push(read);
  }
  const [policy] = policies;
  if (policy === undefined || policies.length > 1)
    return { kind: 'invalid', why: `it holds ${policies.length} AgentPolicies where exactly one is needed` };
  const why = grants.map((grant) => misfit(grant, grants, policy)).find((it) => it !== undefined);
  return why === undefined ? { kind: 'valid', policy, grants } : { kind: 'invalid', why };
}

type Read =
  | AgentPolicy
  | Grant
  | { readonly kind: 'empty' }
  | { readonly kind: 'invalid'; readonly why: string };

function readDocument(document: Document.Parsed): Read {
  const [problem] = document.errors;
  if (problem !== undefined)
    return invalid(`it is not YAML: ${problem.code}, line ${problem.linePos?.[0].line}`);
  const value = plainOf(document);
  if (value === undefined) return invalid('it has an alias (*name), which is not taken here');
  if (value === null) return { kind: 'empty' };
  const kind = isObject(value) ? value.kind : undefined;
  if (!isObject(value) || (kind !== 'AgentPolicy' && kind !== 'Grant'))
    return invalid('kind: is neither AgentPolicy nor Grant');
  const { parse, local } = KINDS[kind];
  const { status: _ofTheController, ...given } = value;
  const parsed = parse({
    ...given,
    metadata: overlay(value.metadata, { namespace: LOCAL.namespace }),
    spec: overlay(value.spec, local),
  });
  return parsed.kind === 'valid' ? parsed.value : invalid(`${kind} ${parsed.field}: ${parsed.why}`);
}

/** Why a Grant would give nothing under this policy: a mistake, where nobody but the file's author could have made it. */
function misfit(grant: Grant, grants: readonly Grant[], policy: AgentPolicy): string | undefined {
  const { name } = grant.metadata;
  const same = grants.filter(({ metadata }) => metadata.name === name);
  if (same.length > 1) return `Grant ${name}: metadata.name: stands there twice`;
  const other = grant.spec.policy !== policy.metadata.name;
  if (other) return `Grant ${name}: spec.policy: the AgentPolicy of this file is ${policy.metadata.name}`;
  const gift = giftOf(grant, policy);
  return gift.kind === 'nothing' ? `Grant ${name}: ${gift.field}: ${gift.why}` : undefined;
}

/** Aliases are not needed here, and are how YAML explodes (CVE-2019-11253). */
function plainOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch {
    return undefined;
  }
}

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is no object stays as it is, for the schema to refuse. */
const overlay = (value: unknown, ours: Loose): unknown => (isObject(value) ? { ...value, ...ours } : value);

const invalid = (why: string) => ({ kind: 'invalid', why }) as const;
