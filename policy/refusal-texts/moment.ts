// Why a call that may be made is refused all the same: for what chaperone, or the API server, cannot do at this moment.
import { quoted } from '../quoting.ts';
import { row, type Why } from './row.ts';

const MISBEHAVES = 'the cluster: something before the API server misbehaves';
const SOON = 'in 5 seconds; if it is refused for minutes, tell a person';
const SOON_S = 5;

export const momentTexts = {
  StaleLease: row(
    503,
    "the lease on the agent's entitlements has run out, so none of them is believed",
    'retry',
    SOON,
    SOON_S,
  ),
  BudgetUnanswered: row(
    503,
    'a budget counts it, and the controller did not say in time whether there is room',
    'retry',
    SOON,
    SOON_S,
  ),
  NotGuarded: row(
    503,
    'the API server may not yet ask the workload guard about what this agent writes',
    'retry',
    SOON,
    SOON_S,
  ),
  GuardCutOff: row(
    503,
    'the controller cannot tell at this moment what this agent may',
    'retry',
    SOON,
    SOON_S,
  ),
  CredentialUnreadable: row(503, 'the credential for the API server cannot be read', 'retry', SOON, SOON_S),
  RecordFailed: row(
    503,
    'its record could not be written, and what is not recorded is not forwarded',
    'retry',
    SOON,
    SOON_S,
  ),
  RecordingFailed: row(
    503,
    (f: Why) =>
      `its recording cannot be kept (${f.why}), and the rule that gives it lets nothing through unrecorded`,
    'retry',
    SOON,
    SOON_S,
  ),
  RecordingEnded: row(
    503,
    (f: Why) => `its recording can no longer be kept (${f.why}), and nothing of it goes on unrecorded`,
    'retry',
    SOON,
    SOON_S,
  ),
  Draining: row(
    503,
    'chaperone is shutting down with this pod or run and takes no new calls',
    'none',
    'what the agent runs in is ending, and nothing more is forwarded from here',
  ),
  TooLarge: row(
    413,
    (f: { limitBytes: number; part?: string }) =>
      `${f.part ?? 'its body'} is larger than ${f.limitBytes} bytes`,
    'alter',
    'send less in one request',
  ),
  Busy: row(
    429,
    'chaperone has as many calls and bodies of this agent under way as it has room for',
    'retry',
    'in a second, when some of them have ended',
    1,
  ),
  UpstreamBusy: row(
    429,
    'the API server has too many calls under way and asks to wait',
    'retry',
    (f: { retryAfterSeconds: number }) => `in ${f.retryAfterSeconds} s; nothing of it was done`,
  ),
  UnsupportedMediaType: row(
    415,
    (f: { type: string }) => `a body of type ${quoted(f.type, 128)} cannot be checked here`,
    'alter',
    'send it as JSON',
  ),
  // What came back cannot be shown.
  NotAcceptable: row(
    406,
    'its Accept admits no form in which this resource is shown',
    'alter',
    'accept application/json',
  ),
  UnreadableResponse: row(
    502,
    (f: Why) => `the API server's answer cannot be read, and so is not shown: ${f.why}`,
    'alter',
    'ask in another form, such as plain JSON, or for less at once, such as a list in pages (limit); where it was that, ' +
      'tell the operators of chaperone',
  ),
  NotServed: row(
    404,
    'the API server serves no such resource',
    'alter',
    'ask for one that it serves (kubectl api-resources)',
  ),
  VerbNotServed: row(
    405,
    'the API server serves this resource without this verb',
    'alter',
    'use a verb that it has (kubectl api-resources -o wide)',
  ),
  UpstreamUnavailable: row(
    502,
    (f: Why) => `the API server did not answer: ${f.why}`,
    'retry',
    'when it answers; after a write, first read what stands there now, for it may have been done',
  ),
  UnexpectedRedirect: row(
    502,
    (f: { status: number }) => `the API server answered ${f.status}, which is never passed on`,
    'operators',
    MISBEHAVES,
  ),
  UnexpectedUpgrade: row(
    502,
    'the API server switched protocols in answer to an ordinary call',
    'operators',
    MISBEHAVES,
  ),
  UnexpectedProtocol: row(
    502,
    (f: { protocol: string }) =>
      `the API server chose the stream protocol ${quoted(f.protocol, 64)}, which was not offered to it`,
    'operators',
    MISBEHAVES,
  ),
  Internal: row(
    500,
    'something went wrong inside chaperone, which ends this call alone',
    'operators',
    (f: { auditId: string }) => `chaperone: its log has the cause under auditId ${f.auditId}`,
  ),
};
