// What the API server says of a write over hidden values that it did not take. It may quote the object, hidden values and all; so a
// sentence is shown as far as this table knows it, in which nothing stands that came from a value. Form alone decides; which form
// it is may come of a value that was not judged, and then nothing of it is shown (sidecar/exchange.ts).
// Sources: apimachinery pkg/api/errors, apiserver pkg/endpoints/handlers and pkg/admission, 1.36.

/** A text as far as it is shown. */
export interface Said {
  readonly text: string;
  /** Nothing of it was withheld. */
  readonly isWhole: boolean;
}

const WITHHELD = 'chaperone: what the API server said may quote hidden values, and is withheld';
export const REST_WITHHELD = '(chaperone: the rest may quote hidden values, and is withheld)';

/** A DNS subdomain, the name of an object, a policy or a webhook; a URL's name, which decide has read, is one too. */
const NAME = '[a-z0-9](?:[-a-z0-9.:]{0,251}[a-z0-9])?';
/** A resource, a kind, each with its group. */
const RESOURCE = '[a-z][a-z0-9]{0,62}(?:\\.[-a-z0-9.]{1,253})?';
const KIND = '[A-Z][A-Za-z0-9]{0,62}(?:\\.[-a-z0-9.]{1,253})?';
const OBJECT = `(?:${RESOURCE}|${KIND})(?: "${NAME}")?`;
const FIELD = '(?:json patch )?(?:unknown|duplicate) field "[^"\\\\]{1,500}"';

/** What cannot be read of a body: keys are the agent's own, since no value is put back as a key; of values kinds and places. */
export const UNREAD = [
  `strict decoding error: ${FIELD}(?:, ${FIELD})*`,
  '(?:error decoding from json: )?illegal base64 data at input byte \\d+',
  'json: cannot unmarshal (?:string|number|bool|array|object) into Go (?:struct field [\\w.]+|value) of type [\\w.[\\]*]+',
  'cannot (?:restore|convert) \\w+ (?:from|to):? [\\w.[\\]*]+',
].join('|');

/** What was said of the object, and what is shown of it. */
const PRECONDITION =
  '(?:uid mismatch: the provided object specified uid [\\w-]*, and no existing object was found' +
  '|the UID in the precondition \\([\\w-]*\\) does not match the UID in record \\([\\w-]*\\)\\. The object might have been deleted and then recreated' +
  '|the ResourceVersion in the precondition \\(\\w*\\) does not match the ResourceVersion in record \\(\\d*\\)\\. The object might have been modified' +
  '|(?:StorageError: invalid object, Code: 4, Key: [\\w./-]+, ResourceVersion: \\d+, AdditionalErrorMsg: )?' +
  'Precondition failed: (?:UID|ResourceVersion) in precondition: [\\w-]*, (?:UID|ResourceVersion) in object meta: [\\w-]*)';

/** From the longest to the shortest that begin alike. */
const SENTENCES = [
  `${RESOURCE} "${NAME}" not found`,
  `${RESOURCE} "${NAME}" already exists`,
  `Operation cannot be fulfilled on ${OBJECT}: the object has been modified; please apply your changes to the latest version and try again`,
  `Operation cannot be fulfilled on ${OBJECT}: ${PRECONDITION}`,
  `Operation cannot be fulfilled on ${OBJECT}`,
  // The authorizer's, before a body is read.
  `${OBJECT} is forbidden: User "[^"\\\\]{1,300}" cannot [a-z]{1,20} resource "[a-z/]{1,128}" in API group "[-a-z0-9.]{0,253}" (?:in the namespace "${NAME}"|at the cluster scope)`,
  `${OBJECT} is forbidden: ValidatingAdmissionPolicy '${NAME}' with binding '${NAME}' denied request`,
  `${OBJECT} is forbidden`,
  `admission webhook "${NAME}" denied the request(?: without explanation)?`,
  `admission webhook "${NAME}" does not support dry run`,
  `Internal error occurred: failed calling webhook "${NAME}"`,
  'Internal error occurred',
  `${KIND} in version "\\w{1,63}" cannot be handled as a ${KIND}: (?:${UNREAD})`,
  `${KIND} in version "\\w{1,63}" cannot be handled as a ${KIND}`,
  'failed to create typed patch object \\([\\w./-]+; [\\w./-]*, Kind=\\w+\\): \\.[\\w./-]+: field not declared in schema',
  'failed to create typed patch object',
  'metadata\\.managedFields must be nil',
  'the server (?:rejected our request due to an error in our request|could not find the requested resource|does not allow this method on the requested resource)',
  '(?:only the following media types are accepted|the body of the request was in an unknown format - accepted media types include): [\\w/+.;=, -]+',
  'The [a-z]{1,20} operation against [\\w./-]+ could not be completed at this time, please try again\\.',
  'Timeout: request did not complete within (?:the allotted|requested) timeout(?: - context deadline exceeded)?',
  'Request entity too large: limit is \\d+',
  'etcdserver: request is too large',
  'Unauthorized',
].map(beginning);

/** The message of a Status. */
export function knownWords(message: string): Said {
  for (const sentence of SENTENCES) {
    const [known] = sentence.exec(message) ?? [];
    if (known === message) return { text: known, isWhole: true };
    if (known !== undefined) return { text: `${known} ${REST_WITHHELD}`, isWhole: false };
  }
  return { text: WITHHELD, isWhole: false };
}

/** A `Warning` as the API server prints it (apimachinery pkg/util/net, NewWarningHeader): all that is shown of a write. */
export function isKnownWarning(header: string): boolean {
  return WARNING.test(header);
}

const DEPRECATED =
  '[\\w./-]+ \\w+ is deprecated in v[\\d.]+\\+(?:, unavailable in v[\\d.]+\\+)?(?:; use [\\w./-]+ \\w+)?';

const WARNING = new RegExp(
  `^299 - "(?:${FIELD.replaceAll('"', '\\\\"')}|${DEPRECATED}|\\.metadata\\.ownerReferences contains duplicate entries[\\w .,;/()+-]*: [\\w, -]+)"$`,
);

function beginning(sentence: string): RegExp {
  return new RegExp(`^(?:${sentence})`);
}
