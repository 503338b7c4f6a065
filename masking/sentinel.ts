// What stands where a value was hidden: a sentence of one length, bound to one value of one object by a keyed
// hash, so that equal values elsewhere look different. Also promises to know one again, plain or in base64.

/** A keyed hash, hex. The caller closes over the key (controller secret and pod UID); 36 digits or more. */
export type Hash = (text: string) => string;

/** What was hidden: a value below `data` or `stringData` (one name space), or an annotation as a whole. */
export type HiddenPart = 'data' | 'annotation';

/** Begins every sentinel and nothing else. 24 bytes, so that base64 of a sentinel always begins alike. */
export const SENTINEL_MARKER = 'chaperone: hidden value ';

// 144 bits: beyond guessing, and marker and digits together are a multiple of 3, so base64 needs no padding.
const MAC_DIGITS = 36;

/** The sentence of `uid`'s value `key`: 60 ASCII characters, the same for the same value as long as the key lives. */
export function sentinel(hash: Hash, uid: string, part: HiddenPart, key: string): string {
  const mac = hash(JSON.stringify(['sentinel', part, uid, key])).slice(0, MAC_DIGITS);
  if (!/^[0-9a-f]{36}$/.test(mac))
    throw new Error('the hash of a sentinel must be 36 lower-case hex digits or more');
  return SENTINEL_MARKER + mac;
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
const SPACED_FORMS = new RegExp(SENTINEL_FORMS.map((form) => [...form].join('\\s*?')).join('|'));

/** Whether a decoded text holds a sentinel, whole or in part, also wrapped over lines or in base64. */
export function holdsSentinel(text: string): boolean {
  return SPACED_FORMS.test(text);
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
