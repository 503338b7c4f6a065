// Every "no" to a change of an AgentPolicy or a Grant: one table with the cause and what the person should do next.
// kubectl prints it behind: admission webhook "grants.chaperone.dev" denied the request.

interface Row {
  readonly httpStatus: 400 | 403;
  /** metav1.StatusReason */
  readonly reason: 'BadRequest' | 'Forbidden';
  readonly why: (detail: string) => string;
  readonly next: string;
}

/** Also for what is misspelt: of an Invalid kubectl prints the causes and not the sentence. */
const FORBIDDEN = { httpStatus: 403, reason: 'Forbidden' } as const;

const REFUSALS = {
  Malformed: {
    httpStatus: 400,
    reason: 'BadRequest',
    why: (detail) => `${detail} is not what an API server sends to this webhook`,
    next: 'Check which webhook configuration points here',
  },
  UnknownOperation: {
    ...FORBIDDEN,
    why: (detail) => `${detail} is not decided here`,
    next: 'Let the webhook configuration of the chart stand as it was installed',
  },
  InvalidObject: {
    ...FORBIDDEN,
    why: (detail) => detail,
    next: 'Mend that field; nothing of it is believed until then',
  },
  NamespaceNotLabelled: {
    ...FORBIDDEN,
    why: (detail) => `no pod of namespace ${detail} gets a sidecar, so the policy would govern nobody`,
    next: "Use a namespace labelled chaperone.dev/inject=enabled; chaperone's own and kube-system never are",
  },
  TooManyPolicies: {
    ...FORBIDDEN,
    why: (detail) => detail,
    next: 'Name more ServiceAccounts in one of them, or delete one',
  },
  ServiceAccountTaken: {
    ...FORBIDDEN,
    why: (detail) => `${detail}, and of two policies neither would hold`,
    next: 'Name each ServiceAccount in one AgentPolicy of its namespace',
  },
  StatusNotYours: {
    ...FORBIDDEN,
    why: (detail) => `${detail} is not the controller, which alone says how a policy or Grant stands`,
    next: 'Change the spec, or delete the Grant; the status follows',
  },
  ImmutableSpec: {
    ...FORBIDDEN,
    why: () => 'the spec of a Grant never changes, so that what was agreed to is what holds',
    next: 'Delete it and create another',
  },
  GovernedAgent: {
    ...FORBIDDEN,
    why: (detail) => `${detail} is an agent that a policy governs, and no agent gives out Grants`,
    next: 'Let a person create it',
  },
  ServiceAccountApprover: {
    ...FORBIDDEN,
    why: (detail) => `${detail} is a ServiceAccount, and the policy names none that may approve`,
    next: 'Let a person create it',
  },
  ImpersonatedApprover: {
    ...FORBIDDEN,
    why: (detail) =>
      `the API server knows no credential of ${detail} (authentication.kubernetes.io/credential-id), so that this may be impersonation`,
    next: 'Create it as yourself, without --as, with a client certificate or a token that has an id',
  },
  NotApprover: {
    ...FORBIDDEN,
    why: (detail) => detail,
    next: 'Ask for RBAC that allows the verb approve on that AgentPolicy (group chaperone.dev), or ask someone who has it',
  },
  ApprovalMissing: {
    ...FORBIDDEN,
    why: (detail) => detail,
    next: 'Let one of them create the Grant; more than one person cannot agree in this version',
  },
} as const satisfies Record<string, Row>;

export type RefusalCode = keyof typeof REFUSALS;

export interface AdmissionRefusal {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly httpStatus: number;
  readonly reason: string;
  readonly message: string;
}

/** Names and causes come from elsewhere; no message grows beyond this. */
const MAX_MESSAGE = 2048;

export function refuse(code: RefusalCode, detail: string): AdmissionRefusal {
  const { httpStatus, reason, why, next } = REFUSALS[code];
  const message = `chaperone refuses it: ${why(detail)}. ${next}.`.slice(0, MAX_MESSAGE);
  return { kind: 'refused', code, httpStatus, reason, message };
}
