// A parameter of the query that is true or false, as the API server reads it.

/** ASCII words only: Go folds `ſ` into `s` when it looks for "false", and another reader may not. */
const WORD = /^[0-9A-Za-z]*$/;

/**
 * Convert_Slice_string_To_bool: absent, "0" and "false" are false; everything else, the empty string too, is true.
 * Undefined: two could read it differently.
 */
export function readBool(value: string | undefined): boolean | undefined {
  if (value === undefined) return false;
  if (!WORD.test(value)) return undefined;
  return value !== '0' && value.toLowerCase() !== 'false';
}
