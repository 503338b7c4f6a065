// A value that was read, printed for the API server: as JSON, or as the JSON that a reader of YAML 1.1 takes for the same.

/**
 * In a quoted scalar of YAML 1.1 some of these are line breaks, which become a space; the others must not stand there. A
 * body could say one thing as JSON and another as YAML (https://yaml.org/spec/1.1/, 5.1 and 5.4).
 */
const UNLIKE_YAML = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

export function printWritten({ value, yaml }: { readonly value: unknown; readonly yaml: boolean }): string {
  const text = JSON.stringify(value);
  return yaml ? text.replace(UNLIKE_YAML, escaped) : text;
}

const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
