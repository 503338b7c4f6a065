// One row of the tables of refusals. It is read as "chaperone refuses <what was asked>: <because>. <remedy> <next>."
// HTTP statuses and reasons are those with which the API server itself answers such a cause.
import type { Remedy } from '../remedy.ts';

/** metav1.StatusReason by HTTP status. */
export const REASONS = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  429: 'TooManyRequests',
  500: 'InternalError',
  502: 'InternalError',
  503: 'ServiceUnavailable',
} as const;

export interface Row<F> {
  readonly httpStatus: keyof typeof REASONS;
  /** The rule, or the absence of one, that decided; a clause without its period. */
  readonly because: (facts: F) => string;
  readonly remedy: Remedy;
  /** Goes on from the remedy's own words, without a period. */
  readonly next: (facts: F) => string;
  /** When trying again makes sense, where that is known beforehand. */
  readonly retryAfterSeconds: number | undefined;
}

/** A clause of our own words; what it names from elsewhere is quoted. */
export interface Why {
  readonly why: string;
}

/** A table: the rows of one speaker. Codes are unique across all of them. */
export type Texts = Readonly<Record<string, Row<never>>>;

/** What a code's text needs to know. */
export type FactsOf<T extends Texts, C extends keyof T> = Parameters<T[C]['because']>[0];

type Text<F> = string | ((facts: F) => string);

const printer =
  <F>(text: Text<F>) =>
  (facts: F): string =>
    typeof text === 'string' ? text : text(facts);

export function row<F = object>(
  httpStatus: Row<F>['httpStatus'],
  because: Text<F>,
  remedy: Remedy,
  next: Text<F>,
  retryAfterSeconds?: number,
): Row<F> {
  return { httpStatus, because: printer(because), remedy, next: printer(next), retryAfterSeconds };
}
