// What stands where a value was hidden: a sentence of one length, bound by a keyed hash to one place of one object as it was
// at one resourceVersion, and never to the value. Also promises to know one again, plain or in base64.

/** A keyed hash, hex. The caller closes over the key (of the pod, decisions/0001); 32 digits or more. */
export type Hash = (text: string) => string;

/**
 * What was hidden: a value below `data` or `stringData` (one name space), an annotation as a whole, a value within an
 * annotation that copies the object, a piece of a text, a piece of a Helm release.
 */
export type HiddenPart = 'data' | 'annotation' | 'copy' | 'text' | 'release';

/** Where in its object a value was hidden; `key` is unique within its part. */
export interface Place {
  readonly part: HiddenPart;
  readonly key: string;
}

/** One object at one moment. */
export interface Version {
  readonly uid: string;
  /** Decimal; `0` for an object that was never stored. */
  readonly resourceVersion: string;
}

/** What a sentinel says of itself; whether that is true is for `belongsTo`. */
export interface ReadSentinel {
  /** The resourceVersion, decimal. */
  readonly version: string;
  readonly mac: string;
}

/** Begins every sentinel and nothing else. 24 bytes, so that base64 of a sentinel always begins alike. */
export const SENTINEL_MARKER = 'chaperone: hidden value ';

// 128 bits: beyond guessing. Marker and digits are together a multiple of 3, so base64 needs no padding.
const VERSION_DIGITS = 16;
const MAC_DIGITS = 32;
const SENTENCE = new RegExp(`^${SENTINEL_MARKER}([0-9a-f]{${VERSION_DIGITS}})([0-9a-f]{${MAC_DIGITS}})$`);

/** The sentence that stands for the value at `place`: 72 ASCII characters, the same as long as key and version are. */
export function sentinel(hash: Hash, { uid, resourceVersion }: Version, place: Place): string {
  const digits = versionDigits(resourceVersion) + mac(hash, uid, resourceVersion, place);
  if (digits.length !== VERSION_DIGITS + MAC_DIGITS)
    throw new Error('a sentinel needs a resourceVersion of 64 bits and a hash of 32 hex digits or more');
  return SENTINEL_MARKER + digits;
}

// BigInt takes several times as long, and few clusters ever need it.
function versionDigits(resourceVersion: string): string {
  const near = Number(resourceVersion);
  const version = Number.isSafeInteger(near) ? near : BigInt(resourceVersion);
  return version.toString(16).padStart(VERSION_DIGITS, '0');
}

function mac(hash: Hash, uid: string, resourceVersion: string, { part, key }: Place): string {
  return hash(JSON.stringify(['sentinel', part, uid, key, resourceVersion])).slice(0, MAC_DIGITS);
}

/** Undefined: the text is not exactly one sentence. */
export function readSentinel(text: string): ReadSentinel | undefined {
  const [, version, mac] = SENTENCE.exec(text) ?? [];
  return version === undefined || mac === undefined
    ? undefined
    : { version: `${BigInt(`0x${version}`)}`, mac };
}

/**
 * Whether this key made it for that place of that object, at the version that it says. Comparing takes as long as what is
 * alike: who guessed one would only have the value stay where it is.
 */
export function belongsTo(hash: Hash, read: ReadSentinel, uid: string, place: Place): boolean {
  return mac(hash, uid, read.version, place) === read.mac;
}

/**
 * The version of an object by its metadata. What a dry run made was never stored and has no resourceVersion; its sentinels
 * are of version 0, at which nothing is ever put back. Undefined: no uid, or a resourceVersion that is no whole number.
 */
export function versionOf(metadata: unknown): Version | undefined {
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const { uid, resourceVersion = '0' } = metadata as Readonly<Record<string, unknown>>;
  if (typeof uid !== 'string' || uid === '') return undefined;
  return typeof resourceVersion === 'string' && isVersion(resourceVersion)
    ? { uid, resourceVersion }
    : undefined;
}

/** As etcd3's versioner prints it: k8s.io/apiserver/pkg/storage/api_object_versioner.go. */
function isVersion(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,19})$/.test(text) && (text.length < 20 || BigInt(text) < 2n ** 64n);
}

/**
 * The marker as it may stand in text without its white space: itself, its base64 at the three alignments, and a
 * second layer of base64 (a client that encodes what it read encoded). None holds `+` or `/`, so these are the
 * URL-safe forms too.
 */
export const SENTINEL_FORMS: readonly string[] = [
  SENTINEL_MARKER.replaceAll(' ', ''),
  ...base64Forms(SENTINEL_MARKER),
  ...base64Forms(SENTINEL_MARKER).flatMap(base64Forms),
];

/** Each form with any white space within it. Lazy: a greedy `\s*` would keep a way back for each space it took. */
const SPACED_FORMS = SENTINEL_FORMS.map((form) => [...form].join('\\s*?'));

/** As a form or a URL has it. */
const IN_URL = SENTINEL_MARKER.trim().replace(':', '(?::|%3[Aa])').replaceAll(' ', '(?:\\+|%20)');

const FORMS = new RegExp([...SPACED_FORMS, IN_URL].join('|'));

/** Whether a decoded text holds a sentinel, whole or in part, also wrapped over lines, in base64 or in a URL. */
export function holdsSentinel(text: string): boolean {
  return FORMS.test(text);
}

// Of each alignment only the characters that carry bits of the marker alone.
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((shift) =>
    btoa('\0'.repeat(shift) + text).slice(
      Math.ceil((shift * 8) / 6),
      Math.floor(((shift + text.length) * 8) / 6),
    ),
  );
}
