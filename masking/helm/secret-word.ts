// Whether a text that is not read with certainty may be a Secret that holds values: its kind and a field for them would stand in
// it, as words or in a spelling of YAML that hides them.

/** A scalar ends behind it. In a text of words it goes on: `the Secret to use`. */
const KIND = /(?<!\w)Secret(?:List)?(?=["']?(?:[ \t]*(?:[,\]}\r\n\u0085\u2028\u2029]|$)|[ \t]+#))/;
/** In whatever case: what the API server does not know is stored in the release nevertheless. */
const FIELD = /(?<!\w)(?:string)?data(?!\w)/i;
/** An escape of a letter or of a line break, a tag that can turn base64 into a text, and another encoding. */
const SPELT = /\\(?:x[4-7]|u00[4-7]|U000000[4-7]|[\r\n\u0085\u2028\u2029])|(?<![^\s,[{:])!(?:<|[\w-]*!)|\0/;

export const mayBeSecret = (text: string): boolean =>
  SPELT.test(text) || (KIND.test(text) && FIELD.test(text));
