// The table of refusals, in one voice. Read as: "chaperone refuses <what was asked>: <because>. <next>."
// HTTP statuses and reasons are those with which the API server itself answers such a cause.

interface Row<F> {
  readonly httpStatus: number;
  readonly reason: string;
  readonly because: (facts: F) => string;
  readonly next: string;
}

const row = <F>(httpStatus: number, reason: string, because: (facts: F) => string, next: string): Row<F> => ({
  httpStatus,
  reason,
  because,
  next,
});

/** Nothing more needs to be known than what was asked. */
type NoFacts = object;
interface Why {
  readonly why: string;
}

const ASK_FOR_RULE = 'Ask the owners of the policy for a rule or a scope that names it';
const LATER = 'This version forwards no such call under any rule; let a person or another tool make it';

export const refusalTexts = {
  // What was asked cannot be known for sure.
  MalformedTarget: row(
    400,
    'BadRequest',
    (f: Why) => `${f.why}, so chaperone and the API server could read it differently`,
    'Send the path and query as kubectl or client-go print them',
  ),
  MalformedRequest: row(
    400,
    'BadRequest',
    (f: Why) => `${f.why}`,
    'Send it as a plain HTTP request with one value for each header',
  ),
  UnsupportedMethod: row(
    405,
    'MethodNotAllowed',
    (f: { method: string }) =>
      `the method ${JSON.stringify(f.method.slice(0, 32))} has no verb in Kubernetes`,
    'Use GET, HEAD, POST, PUT, PATCH or DELETE',
  ),
  UpgradeRefused: row(
    400,
    'BadRequest',
    (_: NoFacts) => 'it asks for an upgrade where the API server need not stream',
    'Send it without the Upgrade header; watch and log stream over plain HTTP',
  ),
  // Who asks.
  UnknownCaller: row(
    401,
    'Unauthorized',
    (_: NoFacts) => 'its bearer token is missing or is not the one this container was given',
    'Read the token from /var/run/secrets/kubernetes.io/serviceaccount/token again',
  ),
  // What holds for the agent.
  NoPolicy: row(
    403,
    'Forbidden',
    (f: { serviceAccount: string }) => `no valid AgentPolicy names the ServiceAccount ${f.serviceAccount}`,
    'Ask the owners of the namespace for an AgentPolicy that names it',
  ),
  PolicyConflict: row(
    403,
    'Forbidden',
    (f: { policies: readonly string[] }) =>
      `more than one AgentPolicy names its ServiceAccount (${f.policies.join(', ')}), and then none holds`,
    'Ask the owners of the namespace to leave one of them',
  ),
  NoRule: row(
    403,
    'Forbidden',
    (f: { policy: string }) => `no rule and no scope of AgentPolicy ${f.policy} covers it`,
    ASK_FOR_RULE,
  ),
  Never: row(
    403,
    'Forbidden',
    (f: { rule: string }) => `${f.rule} says never`,
    'No Grant can allow it; only a change of the policy does',
  ),
  ClosedList: row(
    403,
    'Forbidden',
    (f: Why) => `it is on the closed list: ${f.why}`,
    'Let a person do it with credentials of their own',
  ),
  ClosedUnlessNamed: row(
    403,
    'Forbidden',
    (f: Why) => `it is on the closed list: ${f.why}, and no rule names this one object in resourceNames`,
    ASK_FOR_RULE,
  ),
  StandingEnded: row(
    403,
    'Forbidden',
    (f: { rule: string }) => `${f.rule} covered it until the lifetime of the standing rules ended`,
    'Ask the owners of the policy to renew it, or ask for a Grant',
  ),
  GrantEnded: row(
    403,
    'Forbidden',
    (f: { rule: string; scope: string }) => `${f.rule} of scope ${f.scope} covered it and has ended`,
    'Ask for a new Grant of that scope',
  ),
  RevealEnded: row(
    403,
    'Forbidden',
    (f: { rule: string }) =>
      `${f.rule} let real values be shown and has ended; another rule covers it without them`,
    'Send it again to see it masked, or ask for a new Grant',
  ),
  GrantAvailable: row(
    403,
    'Forbidden',
    (f: { policy: string; scope: string; maxDuration: string; approval: string }) =>
      `only scope ${f.scope} of AgentPolicy ${f.policy} covers it, and no live Grant of that scope names this pod ` +
      `(a Grant lasts at most ${f.maxDuration}${f.approval})`,
    'Ask for a Grant of that scope',
  ),
  // What this version does not do yet (not-yet.ts).
  SecretWriteNotYet: row(
    403,
    'Forbidden',
    (_: NoFacts) => 'it writes a Secret, and hidden values could not be put back',
    LATER,
  ),
  WorkloadWriteNotYet: row(
    403,
    'Forbidden',
    (_: NoFacts) => 'it writes a pod or a pod template, whose containers could read what is hidden here',
    LATER,
  ),
  StreamNotYet: row(
    403,
    'Forbidden',
    (_: NoFacts) => 'exec, attach, port-forward and proxy carry bytes that are not recorded',
    LATER,
  ),
  ReviewNotYet: row(
    403,
    'Forbidden',
    (_: NoFacts) => 'the API server would answer for the credential and not for the policy',
    'Try the call itself: a refusal names the rule that decides',
  ),
  SentinelInWrite: row(
    403,
    'Forbidden',
    (_: NoFacts) => 'its body holds a sentinel, which stands for a hidden value and must never be stored',
    'Leave the hidden value out of what is written',
  ),
  // What chaperone cannot do at this moment.
  StaleLease: row(
    503,
    'ServiceUnavailable',
    (_: NoFacts) => "the lease on the agent's entitlements has run out, so none of them is believed",
    'Try again when the sidecar reaches the controller',
  ),
  CredentialUnreadable: row(
    503,
    'ServiceUnavailable',
    (_: NoFacts) => 'the credential for the API server cannot be read',
    "Look at the sidecar's log; try again when the credential is back",
  ),
  RecordFailed: row(
    503,
    'ServiceUnavailable',
    (_: NoFacts) => 'its record could not be written, and what is not recorded is not forwarded',
    "Look at the sidecar's output; try again when it is read",
  ),
  Draining: row(
    503,
    'ServiceUnavailable',
    (_: NoFacts) => 'the sidecar is shutting down and takes no new calls',
    'Try again when the pod is replaced',
  ),
  TooLarge: row(
    413,
    'RequestEntityTooLarge',
    (f: { limitBytes: number }) => `its body is larger than ${f.limitBytes} bytes`,
    'Send less in one request',
  ),
  Busy: row(
    429,
    'TooManyRequests',
    (_: NoFacts) => 'the sidecar has as many calls and bodies under way as it has room for',
    'Try again when some of them have ended',
  ),
  UnsupportedMediaType: row(
    415,
    'UnsupportedMediaType',
    (f: { type: string }) => `a body of type ${JSON.stringify(f.type.slice(0, 128))} cannot be checked here`,
    'Send it as JSON',
  ),
  // What came back cannot be shown.
  NotAcceptable: row(
    406,
    'NotAcceptable',
    (_: NoFacts) => 'its Accept admits no JSON, and this resource is shown in JSON alone',
    'Accept application/json',
  ),
  UnreadableResponse: row(
    502,
    'InternalError',
    (f: Why) => `the API server's answer cannot be masked: ${f.why}`,
    'Ask in another form, such as plain JSON, or tell the owners of chaperone',
  ),
  UpstreamUnavailable: row(
    502,
    'InternalError',
    (f: Why) => `the API server did not answer: ${f.why}`,
    'Try again; a write may have been done',
  ),
  UnexpectedRedirect: row(
    502,
    'InternalError',
    (f: { status: number }) => `the API server answered ${f.status}, which is never passed on`,
    'Tell the owners of the cluster: something before the API server misbehaves',
  ),
  UnexpectedUpgrade: row(
    502,
    'InternalError',
    (_: NoFacts) => 'the API server switched protocols in answer to an ordinary call',
    'Tell the owners of the cluster: something before the API server misbehaves',
  ),
  Internal: row(
    500,
    'InternalError',
    (_: NoFacts) => 'something went wrong inside chaperone, which ends this call alone',
    "Look at the sidecar's log under this call's Audit-Id; try again",
  ),
} satisfies Record<string, Row<never>>;
