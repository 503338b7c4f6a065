// A refusal as metav1.Status, the form in which the API server answers a failure: kubectl prints its message, a program reads
// the causes: first those of the sentence, then remedy, policy, rule and scope, each under its name.
import type { Refusal } from './refusal.ts';

interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

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
    readonly causes: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
  readonly code: number;
}

export function toStatus(refusal: Refusal<string>): Status {
  const { object, message, reason, httpStatus, causes, retryAfterSeconds } = refusal;
  const remedies = new Set(causes.map(({ remedy }) => remedy));
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
      causes: [
        ...causes.map(({ code, because, field }) => ({
          reason: code,
          message: because,
          ...(field !== undefined && { field }),
        })),
        ...[...remedies].map((remedy) => ({ reason: 'Remedy', message: remedy })),
        ...named('Policy', refusal.policy),
        ...named('Rule', refusal.rule),
        ...named('Scope', refusal.scope),
      ],
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    },
    code: httpStatus,
  };
}

const named = (reason: string, message: string | undefined): StatusCause[] =>
  message === undefined ? [] : [{ reason, message }];
