// What an annotation of a Secret is: a note, which is shown; a copy of the object as a tool keeps it, in which values are
// hidden; or any other document, which is hidden whole. Also how a copy is printed again.
import { type Json, printJson, readJson } from './json.ts';
import { secretFields } from './secret-fields.ts';
import { holdsSentinel } from './sentinel.ts';
import { asIs } from './shape.ts';

/** Annotations in which a tool keeps the object it applied, as JSON or compressed, and who does. */
const COPIES: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration', // kubectl apply
  'kapp.k14s.io/original', // kapp
  'kapp.k14s.io/original-diff', // kapp
  'objectset.rio.cattle.io/applied', // k3s, RKE2, Rancher
  'banzaicloud.com/last-applied', // operators built on banzaicloud/operator-tools
]);

export const isCopyName = (name: string): boolean => COPIES.has(name);

/** Tools we do not know keep copies too; a note of a person or a controller is shorter than this, and no document. */
const MAX_NOTE = 256;

type Annotation =
  | { readonly kind: 'note' }
  | { readonly kind: 'document' }
  /** `object` has the fields of a Secret and can be printed. */
  | { readonly kind: 'copy'; readonly object: unknown };

const NOTE: Annotation = { kind: 'note' };
const DOCUMENT: Annotation = { kind: 'document' };

/** An object's annotations are together at most so long (apimachinery pkg/api/validation/objectmeta.go). */
const MAX_COPY = 256 * 1024;

/** A copy that reads as a Secret is one; any other (a diff, gzip, base64) is a document. */
export function readAnnotation(name: string, text: string): Annotation {
  if (!COPIES.has(name)) return mayBeDocument(text) ? DOCUMENT : NOTE;
  if (text.length > MAX_COPY) return DOCUMENT;
  const read = readJson(text);
  if (read.kind === 'unreadable' || printJson(read.value).kind === 'unreadable') return DOCUMENT;
  return ANY_SECRET(read.value).kind === 'masked' ? { kind: 'copy', object: read.value } : DOCUMENT;
}

const ANY_SECRET = secretFields({ value: () => asIs, annotation: () => asIs });

/** Whether an annotation within a copy is hidden, or was: nothing is looked for in a copy's copies. */
export function isHiddenInCopy(name: string, text: unknown): boolean {
  return typeof text !== 'string' || COPIES.has(name) || mayBeDocument(text) || holdsSentinel(text);
}

function mayBeDocument(text: string): boolean {
  if (text.length > MAX_NOTE || DOCUMENT_BEGINS.test(text) || /[\r\n]/.test(text.trim())) return true;
  const inner = inBase64(text);
  return inner !== undefined && mayBeDocument(inner);
}

/** As JSON, a text of JSON, or gzip in base64. A document of several lines (YAML) has no such beginning. */
const DOCUMENT_BEGINS = /^\s*[[{"]|^H4sI/;

/** The text that stands there in base64; undefined: a word, a checksum, or what is no text. */
function inBase64(text: string): string | undefined {
  if (!/^[\w+/-]{12,}={0,2}$/.test(text)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (it) =>
      it.charCodeAt(0),
    );
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** As Go prints JSON in a text (what HTML minds is escaped), ending in a line break where `like`, what was read, does. */
export function printCopy(value: unknown, like: string): Json<string> {
  const printed = printJson(value);
  if (printed.kind === 'unreadable') return printed;
  const escaped = printed.value.replace(
    /[<>&\u2028\u2029]/g,
    (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { kind: 'json', value: like.endsWith('\n') ? `${escaped}\n` : escaped };
}
