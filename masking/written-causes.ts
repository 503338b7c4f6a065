// The causes for which a write of a Secret was not valid, and the fields over which an apply has a conflict. Of what is shown
// as it is the API server's words are shown too; of the rest the field, what kind of fault it is, and words without a value.
// Sources: apimachinery pkg/util/validation/field/errors.go and pkg/util/managedfields/internal/conflict.go, 1.36.
import { isObject } from './shape.ts';
import { REST_WITHHELD, UNREAD } from './written-words.ts';

/** metav1.StatusCause. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** A Secret has few fields; one that is not valid in more than these is shown as not valid in these. */
const MAX_CAUSES = 100;
const MAX_PLAIN_CHARACTERS = 1024;

/** How the API server begins to say so (ErrorType.String). */
const KINDS: ReadonlyMap<unknown, string> = new Map([
  ['FieldValueNotFound', 'Not found'],
  ['FieldValueRequired', 'Required value'],
  ['FieldValueDuplicate', 'Duplicate value'],
  ['FieldValueInvalid', 'Invalid value'],
  ['FieldValueNotSupported', 'Unsupported value'],
  ['FieldValueForbidden', 'Forbidden'],
  ['FieldValueTooLong', 'Too long'],
  ['FieldValueTooShort', 'Too short'],
  ['FieldValueTooMany', 'Too many'],
  ['FieldValueTooFew', 'Too few'],
  ['FieldValueTypeInvalid', 'Invalid value'],
  ['FieldManagerConflict', 'conflict'],
]);

/** Fields that are shown as they are, and so is what is said of them. */
const PLAIN =
  /^(?:type|immutable|metadata\.(?:name|generateName|namespace|uid|resourceVersion|labels|ownerReferences|finalizers|creationTimestamp|deletionTimestamp|deletionGracePeriodSeconds|generation))(?:$|[.[])/;

/** A place within an object; keys are those that the agent wrote, or is shown. */
const FIELD = /^[\w.\-/[\]"=:@~]{0,512}$/;

/** Of a hidden place, whole. */
const KNOWN = [
  /^Required value$/,
  /^Forbidden: field is immutable when `immutable` is set$/,
  /^Too long: may not be more than \d+ (?:bytes|characters)$/,
  // Managers stand in managedFields, which are shown.
  /^conflict with "(?:[^"\\]|\\.){1,200}"(?: with subresource "\w{1,64}")?(?: using [\w./]{1,128}(?: at [\w:+-]{1,40})?)?$/,
];

/** Of a patch: what cannot be read of the object that it makes, which stands before, in Go's quotes. */
const UNREAD_PATCH = new RegExp(`^: (${UNREAD})$`);
const BEFORE_PATCHED = 'Invalid value: "';

/**
 * `causes`: of a Status that the API server itself made. Where the type would change, what the new type asks of the values is
 * left out: it would tell whether a hidden value is JSON, or empty.
 */
export function knownCauses(causes: unknown): readonly Cause[] {
  const known = (Array.isArray(causes) ? causes : []).slice(0, MAX_CAUSES).flatMap(knownCause);
  const changesType = known.some(({ field }) => field === 'type');
  return changesType ? known.filter(({ field }) => !field.startsWith('data')) : known;
}

function knownCause(cause: unknown): Cause[] {
  if (!isObject(cause)) return [];
  const { reason, message, field } = cause;
  const kind = KINDS.get(reason);
  if (kind === undefined || typeof reason !== 'string' || typeof message !== 'string') return [];
  const at = typeof field === 'string' && FIELD.test(field) ? field : '';
  return [{ reason, message: wordsOf(at, kind, message), field: at }];
}

function wordsOf(field: string, kind: string, message: string): string {
  if (PLAIN.test(field)) return message.slice(0, MAX_PLAIN_CHARACTERS);
  if (KNOWN.some((known) => known.test(message))) return message;
  const [, why] = UNREAD_PATCH.exec(afterPatched(message)) ?? [];
  return `${kind}${why === undefined ? '' : `: ${why}`} ${REST_WITHHELD}`;
}

/** By hand: the object may be long, and an expression keeps a way back for each of its escapes. */
function afterPatched(message: string): string {
  if (!message.startsWith(BEFORE_PATCHED)) return '';
  for (let at = BEFORE_PATCHED.length; at < message.length; at += 1) {
    if (message[at] === '"') return message.slice(at + 1);
    if (message[at] === '\\') at += 1;
  }
  return '';
}
