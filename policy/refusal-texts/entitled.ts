// Why a call is refused for what its agent is entitled to: by the rule that decided, by the absence of one, or by what this
// version does not do yet under any rule.
import { listed, word } from '../quoting.ts';
import { row, type Why } from './row.ts';

interface OfPolicy {
  /** `namespace/name` */
  readonly policy: string;
}

interface OfScope extends OfPolicy {
  readonly scope: string;
  readonly maxDuration: string;
  /** Those one of whom must agree; empty: whoever may approve the policy. */
  readonly approvers: readonly string[];
  /** Whom the Grant is to name. */
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
}

const AS_A_PERSON = 'do it with credentials of their own';
const NOT_YET = `${AS_A_PERSON}; this version forwards no such call of an agent, whatever the policy says`;

/** What an agent tells its person, whole: AccessRequests are not there yet. */
function grantFor({ policy, scope, maxDuration, approvers, pod }: OfScope): string {
  const by =
    approvers.length === 0 ? 'a person who may approve that policy' : `a member of ${listed(approvers)}`;
  return (
    `tell ${by} to create one (under chaperone run, in its policy file) in namespace ${word(pod.namespace)} with policy ${nameOf(policy)}, scope ${scope}, ` +
    `pod name ${pod.name} and uid ${word(pod.uid)}, the task, and a duration of at most ${maxDuration}; then send this again`
  );
}

const nameOf = (policy: string) => policy.slice(policy.indexOf('/') + 1);
const spaceOf = (name: string) => name.slice(0, name.indexOf('/'));

export const entitledTexts = {
  NoPolicy: row(
    403,
    (f: { serviceAccount: string }) => `no valid AgentPolicy names the ServiceAccount ${f.serviceAccount}`,
    'owners',
    (f) =>
      `namespace ${spaceOf(f.serviceAccount)} for an AgentPolicy that names it; until then every call is refused`,
  ),
  PolicyConflict: row(
    403,
    (f: { policies: readonly string[] }) =>
      `more than one AgentPolicy names its ServiceAccount (${listed(f.policies)}), and then none holds`,
    'owners',
    (f) => `namespace ${spaceOf(f.policies[0] ?? '')} to leave one of them; until then every call is refused`,
  ),
  NoRule: row(
    403,
    (f: OfPolicy & { near: string }) => `no rule and no scope of AgentPolicy ${f.policy} covers it${f.near}`,
    'owners',
    'that policy for a rule or a scope that names it, or keep to what it allows',
  ),
  Never: row(
    403,
    (f: { rule: string }) => `${f.rule} says never`,
    'none',
    'no Grant can allow it, and asking in another way is refused too; only a change of that policy could',
  ),
  ClosedList: row(
    403,
    (f: Why) => `it is on the closed list: ${f.why}`,
    'person',
    `${AS_A_PERSON}; no rule and no Grant opens it to an agent`,
  ),
  ClosedUnlessNamed: row(
    403,
    (f: Why & OfPolicy & { by: string }) =>
      `it is on the closed list: ${f.why}, and no rule of AgentPolicy ${f.policy} names ${f.by}`,
    'owners',
    'that policy for a rule or a scope that names it',
  ),
  KindNotNamed: row(
    403,
    (f: OfPolicy) =>
      `it writes a kind that is not built in and may carry a pod template, and no rule and no scope of AgentPolicy ${f.policy} gives that kind to be written`,
    'owners',
    'that policy for a rule or a scope that names it',
  ),
  StandingEnded: row(
    403,
    (f: { rule: string }) => `${f.rule} covered it until the lifetime of the standing rules ended`,
    'owners',
    'that policy to renew it for this workload',
  ),
  GrantEnded: row(
    403,
    (f: OfScope & { rule: string }) => `${f.rule} of scope ${f.scope} covered it and has ended`,
    'ask',
    grantFor,
  ),
  RevealEnded: row(
    403,
    (f: { rule: string; now: string }) =>
      `${f.rule} let real values be shown and no longer decides; ${f.now} does now, and lets it through without them`,
    'retry',
    'to see it masked; real values need a new Grant',
  ),
  FilterNarrowed: row(
    403,
    (f: { rule: string; now: string }) =>
      `${f.rule} let more objects be shown and no longer decides alone; ${f.now} does now, and shows fewer`,
    'retry',
    'to see those; more of them need a new Grant',
  ),
  MaskingAdded: row(
    403,
    (f: { rule: string }) => `the policy of ${f.rule} hides more now than when it was let through`,
    'retry',
    'to see it with that hidden',
  ),
  HiddenSelected: row(
    403,
    'its fieldSelector may ask for what a pattern of the policy hides, and what it selects would tell a right guess from a wrong one',
    'alter',
    'select by metadata.name and metadata.namespace alone, or list all and look through what is shown',
  ),
  GrantAvailable: row(
    403,
    (f: OfScope & { ended: string | undefined }) =>
      `${f.ended === undefined ? '' : `${f.ended} covered it and has ended; `}scope ${f.scope} of AgentPolicy ${f.policy} covers it, ` +
      'and no live Grant gives it to this pod',
    'ask',
    grantFor,
  ),
  // Of a review (review/question.ts): it is the reason of its no.
  NotOneCall: row(
    403,
    (f: Why) => `no single call is that: ${f.why}`,
    'alter',
    'ask about one: a verb, a resource with its API group or a path, and the namespace where it lies in one',
  ),
  // What this version does not do yet (not-yet.ts).
  QuorumNotYet: row(
    403,
    (f: OfPolicy & { scope: string; required: number; groups: readonly string[] }) =>
      `scope ${f.scope} of AgentPolicy ${f.policy} covers it, which ${f.required} of ${listed(f.groups)} must agree to, ` +
      'and this version takes the agreement of one',
    'owners',
    'that policy for a scope that one person can agree to',
  ),
  StreamNotYet: row(403, 'what a proxy carries is not recorded', 'person', NOT_YET),
};
