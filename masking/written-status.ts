// A Status that answers a write over hidden values, printed anew: of closed words, names, and what these tables know. Everything else
// that the API server, a webhook or a policy says there may quote the object with its hidden values.
import { asIs, isObject, masked, type Show, unreadable } from './shape.ts';
import type { Wall } from './wall.ts';
import { type Cause, knownCauses } from './written-causes.ts';
import { isKnownWarning, knownWords } from './written-words.ts';

/** metav1.StatusReason: what clients act on. */
const REASONS: ReadonlySet<unknown> = new Set([
  'Unauthorized',
  'Forbidden',
  'NotFound',
  'AlreadyExists',
  'Conflict',
  'Gone',
  'Invalid',
  'ServerTimeout',
  'StorageReadError',
  'Timeout',
  'TooManyRequests',
  'BadRequest',
  'MethodNotAllowed',
  'NotAcceptable',
  'RequestEntityTooLarge',
  'UnsupportedMediaType',
  'InternalError',
  'Expired',
  'ServiceUnavailable',
]);

const BASE = { kind: 'Status', apiVersion: 'v1', metadata: {} };

/**
 * Shows a metav1.Status that answers a PUT, PATCH or DELETE. kubectl prints of reason Invalid the causes, and the message
 * only where there are no details (kubectl pkg/cmd/util, CheckErr).
 */
export const writtenStatus: Show = (value) => {
  if (!isObject(value)) return unreadable('is not an object');
  const { status, code } = value;
  if (status === 'Success') return masked({ ...BASE, status, details: namesIn(value.details) }, 0);
  if (status !== 'Failure') return unreadable('status: is not Success or Failure');
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 400 || code > 599)
    return unreadable('code: is not that of an error');
  const reason = REASONS.has(value.reason) ? { reason: value.reason } : {};
  const { message, details } = failure(value);
  const some = Object.keys(details).length > 0 ? { details } : {};
  return masked({ ...BASE, status, message, ...reason, ...some, code }, 0);
};

/** The same of an answer that may be no Status, which is shown as it is; and of what warns. */
export const wordsOfWrites: Wall = {
  body: (value) => (isStatus(value) ? writtenStatus(value) : asIs(value)),
  event: asIs,
  warning: isKnownWarning,
};

/** A custom kind may have the name. */
const isStatus = (value: unknown) => isObject(value) && value.kind === 'Status' && value.apiVersion === 'v1';

interface Said {
  readonly message: string;
  readonly details: object;
}

/** NewInvalid of an object, of the options of the call, and of nothing (a patch). */
const INVALID = /^(?:([A-Z][A-Za-z0-9]{0,62}(?:\.[-a-z0-9.]{1,253})?)? "([-a-z0-9.:]{0,253})") is invalid/;
const OPTIONS = /^(?:Create|Patch|Update|Delete|List)Options\.meta\.k8s\.io$/;
const CONFLICTS = /^Apply failed with \d+ conflicts?: /;

function failure({ message, details }: Readonly<Record<string, unknown>>): Said {
  const text = typeof message === 'string' ? message : '';
  const retry = retryAfter(details);
  const [invalid, kind] = INVALID.exec(text) ?? [];
  if (invalid !== undefined || CONFLICTS.test(text)) {
    // The options are the agent's own words.
    if (kind !== undefined && OPTIONS.test(kind))
      return { message: text, details: isObject(details) ? details : {} };
    const causes = isObject(details) ? knownCauses(details.causes) : [];
    const said = invalid === undefined ? conflicts(causes) : `${invalid}${aggregate(causes)}`;
    return {
      message: said,
      details: { ...namesIn(details), ...(causes.length > 0 && { causes }), ...retry },
    };
  }
  const said = knownWords(text);
  // Only the API server's own sentences have its own details.
  return { message: said.text, details: said.isWhole ? { ...namesIn(details), ...retry } : retry };
}

/** As metav1.StatusDetails has them; a uid only stands in the Status of a delete. */
const NAMES: readonly (readonly [string, RegExp])[] = [
  ['name', /^[-a-z0-9.]{1,253}$/],
  ['group', /^[-a-z0-9.]{1,253}$/],
  ['kind', /^[A-Za-z]{1,63}$/],
  ['uid', /^[-0-9a-z]{1,64}$/],
];

function namesIn(details: unknown): object {
  const given = isObject(details) ? details : {};
  const names = NAMES.filter(([name, form]) => typeof given[name] === 'string' && form.test(given[name]));
  return Object.fromEntries(names.map(([name]) => [name, given[name]]));
}

function retryAfter(details: unknown): object {
  const seconds = isObject(details) ? details.retryAfterSeconds : undefined;
  return Number.isSafeInteger(seconds) ? { retryAfterSeconds: seconds } : {};
}

/** As field.ErrorList.ToAggregate prints them. */
function aggregate(causes: readonly Cause[]): string {
  const said = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  if (said.length === 0) return '';
  return said.length === 1 ? `: ${said[0]}` : `: [${said.join(', ')}]`;
}

/** As getConflictMessage prints them, in the order in which they came. */
function conflicts(causes: readonly Cause[]): string {
  const [first] = causes;
  if (causes.length === 1) return `Apply failed with 1 conflict: ${first?.message}: ${first?.field}`;
  const managers = [...new Set(causes.map(({ message }) => message))];
  const said = managers.flatMap((manager) => [
    `${manager.replace('conflict', 'conflicts')}:`,
    ...causes.filter(({ message }) => message === manager).map(({ field }) => `- ${field}`),
  ]);
  return `Apply failed with ${causes.length} conflicts: ${said.join('\n')}`;
}
