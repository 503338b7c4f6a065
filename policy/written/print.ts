// A value that was read, printed for the API server: as JSON, or as the JSON that a reader of YAML 1.1 takes for the same.
// What is printed is held to a bound, and costs little more memory than it is long.

/**
 * In a quoted scalar of YAML 1.1 some of these are line breaks, which become a space; the others must not stand there. A
 * body could say one thing as JSON and another as YAML (https://yaml.org/spec/1.1/, 5.1 and 5.4).
 */
const UNLIKE_YAML = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Escapes make one byte into six, and V8 keeps some sixty of its own for each until the text is whole: so by slices. */
const SLICES = /.{1,16384}/gsu;

const encoder = new TextEncoder();

/** UTF-8. Undefined: longer than `limitBytes`. */
export function printWritten(
  { value, yaml }: { readonly value: unknown; readonly yaml: boolean },
  limitBytes: number,
): Uint8Array | undefined {
  const json = JSON.stringify(value);
  const text = yaml ? escapedForYaml(json, limitBytes) : json;
  const bytes = text === undefined ? undefined : encoder.encode(text);
  return bytes === undefined || bytes.length > limitBytes ? undefined : bytes;
}

/** Undefined: it has more characters than `limit`, and so more bytes. */
function escapedForYaml(json: string, limit: number): string | undefined {
  let text = '';
  for (const [slice] of json.matchAll(SLICES)) {
    text += slice.replace(UNLIKE_YAML, escaped);
    if (text.length > limit) return undefined;
  }
  return text;
}

const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
