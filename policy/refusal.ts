// Every "no" in chaperone: a code, an HTTP status, and a text that says what was asked, what decided, and what to do next.
// The table of texts is refusal-texts.ts; a Status made from a refusal reads well in an unmodified kubectl.
import type { ApiRequest } from './api-request.ts';
import { describe } from './describe.ts';
import { refusalTexts } from './refusal-texts.ts';

export type RefusalCode = keyof typeof refusalTexts;

/** What a code's text needs to know. */
export type RefusalFacts<C extends RefusalCode> = Parameters<(typeof refusalTexts)[C]['because']>[0];

export interface Refusal {
  readonly kind: 'refusal';
  readonly code: RefusalCode;
  readonly httpStatus: number;
  /** metav1.StatusReason */
  readonly reason: string;
  readonly message: string;
  /** The rule that decided, where one did: `AgentPolicy agents/triage never[0]`. */
  readonly rule?: string;
  /** What was asked for, where a resource was. */
  readonly object?: { readonly group: string; readonly resource: string; readonly name: string };
}

/** metav1.Status, as the API server answers a failure. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: string;
  readonly details: {
    readonly name?: string;
    readonly group?: string;
    /** The resource, as the API server itself has it in a Forbidden. */
    readonly kind?: string;
    readonly causes: readonly [{ readonly reason: string; readonly message: string }];
  };
  readonly code: number;
}

/** A text holds names, tasks and causes that came from elsewhere; no message grows beyond this. */
const MAX_MESSAGE = 2048;

/** Refuses. `request` names what was asked; without one it is "the request". */
export function refuse<C extends RefusalCode>(
  code: C,
  facts: RefusalFacts<C> & { readonly request?: ApiRequest; readonly rule?: string },
): Refusal {
  const { httpStatus, reason, because, next } = refusalTexts[code];
  const { request, rule } = facts;
  const asked = request === undefined ? 'the request' : describe(request);
  // The table pairs each code with the facts of its own text; TypeScript cannot follow a generic key into it.
  const cause = (because as (of: typeof facts) => string)(facts);
  return {
    kind: 'refusal',
    code,
    httpStatus,
    reason,
    message: `chaperone refuses ${asked}: ${cause}. ${next}.`.slice(0, MAX_MESSAGE),
    ...(rule !== undefined && { rule }),
    ...(request?.kind === 'resource' && {
      object: { group: request.apiGroup, resource: request.resource, name: request.name ?? '' },
    }),
  };
}

export function toStatus(refusal: Refusal): Status {
  const { object, message, reason, code, httpStatus } = refusal;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details: {
      ...(object?.name && { name: object.name }),
      ...(object?.group && { group: object.group }),
      ...(object && { kind: object.resource }),
      causes: [{ reason: code, message }],
    },
    code: httpStatus,
  };
}
