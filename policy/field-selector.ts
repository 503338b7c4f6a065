// What a fieldSelector says about one object's name, and whether about anything else, read as k8s.io/apimachinery/pkg/fields/selector.go reads it.
// Two different exact names are refused: upstream answers with whichever sorts first.
import { type Malformed, malformed } from './target.ts';

/** The exact name that a selector requires. `name` is undefined when it requires none that counts. */
export interface SelectedName {
  readonly kind: 'selected';
  readonly name: string | undefined;
}

/** The first operator splits a term; `!=` and `==` are looked for before `=`. */
const TERM = /^(.*?)(!=|==|=)(.*)$/su;

/** RequiresExactMatch("metadata.name") of the parsed selector; malformed where upstream fails to parse. */
export function selectedName(fieldSelector: string): SelectedName | Malformed {
  let required: string | undefined;
  for (const term of splitTerms(fieldSelector)) {
    if (term === '') continue;
    const [, field, operator, rawValue] = TERM.exec(term) ?? [];
    const value = rawValue === undefined ? undefined : literal(rawValue);
    if (value === undefined) return malformed('its fieldSelector cannot be read');
    if (field !== 'metadata.name' || operator === '!=') continue;
    if (required !== undefined && required !== value)
      return malformed('its fieldSelector requires two names of one object');
    required = value;
  }
  return {
    kind: 'selected',
    name: required !== undefined && isPathSegmentName(required) ? required : undefined,
  };
}

/** Whether no term of a selector asks for anything but an object's name or its namespace; one that cannot be read does. */
export function isByNameAlone(fieldSelector: string): boolean {
  return splitTerms(fieldSelector).every((term) => term === '' || BY_NAME.has(TERM.exec(term)?.[1] ?? ''));
}

const BY_NAME: ReadonlySet<string> = new Set(['metadata.name', 'metadata.namespace']);

/** Splits on commas that no backslash escapes; escapes stay in the terms. */
function splitTerms(selector: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < selector.length; at++) {
    if (selector[at] === '\\') at++;
    else if (selector[at] === ',') {
      terms.push(selector.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(selector.slice(start));
  return terms;
}

/** The literal value; undefined for an unknown escape, a lone backslash, an unescaped `=` or `,`. */
function literal(value: string): string | undefined {
  if (!/^(?:[^\\,=]|\\[\\,=])*$/su.test(value)) return undefined;
  return value.replace(/\\([\\,=])/g, '$1');
}

/** content.IsPathSegmentName: RequestInfo ignores any other name. The empty name is no name. */
function isPathSegmentName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name);
}
