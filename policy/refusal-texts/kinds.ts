// Every reason for which a change of an AgentPolicy or a Grant is not admitted.
// All are Forbidden, also what is misspelt: of an Invalid kubectl prints the causes and not the sentence.
import { row } from './row.ts';
import { webhookTexts } from './webhooks.ts';

/** What of the object, or of who asks, decided. */
export interface Detail {
  readonly detail: string;
}

const CREDENTIALS = 'create the Grant with credentials of their own';

export const kindTexts = {
  ...webhookTexts,
  InvalidObject: row(
    403,
    (f: Detail) => f.detail,
    'alter',
    'mend that field; nothing of the object is believed until then',
  ),
  NamespaceNotLabelled: row(
    403,
    (f: Detail) => `no pod of namespace ${f.detail} gets a sidecar, so the policy would govern nobody`,
    'alter',
    "use a namespace labelled chaperone.dev/inject=enabled; chaperone's own and kube-system never are",
  ),
  TooManyPolicies: row(
    403,
    (f: Detail) => f.detail,
    'alter',
    'name more ServiceAccounts in one of them, or delete one',
  ),
  TooManyGrants: row(
    403,
    (f: Detail) => f.detail,
    'alter',
    'delete those that have ended, which otherwise go a week after their end',
  ),
  ServiceAccountTaken: row(
    403,
    (f: Detail) => `${f.detail}, and of two policies neither would hold`,
    'alter',
    'name each ServiceAccount in one AgentPolicy of its namespace',
  ),
  StatusNotYours: row(
    403,
    (f: Detail) => `${f.detail} is not the controller, which alone says how a policy or Grant stands`,
    'alter',
    'write the spec, or delete the Grant; the status follows',
  ),
  ImmutableSpec: row(
    403,
    'the spec of a Grant never changes, so that what was agreed to is what holds',
    'alter',
    'delete it and create another',
  ),
  GovernedAgent: row(
    403,
    (f: Detail) => `${f.detail} is an agent that a policy governs, and no agent gives out Grants`,
    'person',
    CREDENTIALS,
  ),
  ServiceAccountApprover: row(
    403,
    (f: Detail) => `${f.detail} is a ServiceAccount, and the policy names none that may approve`,
    'person',
    CREDENTIALS,
  ),
  ImpersonatedApprover: row(
    403,
    (f: Detail) =>
      `the API server knows no credential of ${f.detail} (authentication.kubernetes.io/credential-id), so that this may be impersonation`,
    'alter',
    'create it as yourself, without --as, with a client certificate or a token that has an id',
  ),
  NotApprover: row(
    403,
    (f: Detail) => f.detail,
    'owners',
    'the namespace for RBAC that allows the verb approve on that AgentPolicy (group chaperone.dev), or let someone who has it create the Grant',
  ),
  ApprovalMissing: row(
    403,
    (f: Detail) => f.detail,
    'person',
    'of those who must agree create the Grant; more than one person cannot agree in this version',
  ),
};
