// Whether the API server can read a labelSelector (k8s.io/apimachinery/pkg/labels/selector.go, Parse).
// One that it cannot read makes RequestInfo forget the fieldSelector too, and with it the object's name.

const KEY =
  /^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?(?=.{1,63}$)[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const VALUE = /^(?:(?=.{1,63}$)[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
/** Far below 2^63; upstream reads an int64. */
const INTEGER = /^[0-9]{1,18}$/;
/** Only these four are white space to Go; a no-break space belongs to a word, and spoils it. */
const TOKEN = /==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+/g;

export function isLabelSelector(selector: string): boolean {
  const tokens = selector.match(TOKEN) ?? [];
  if (tokens.length === 0) return true;
  let at = 0;
  while (true) {
    const next = requirement(tokens, at);
    if (next === undefined) return false;
    if (next === tokens.length) return true;
    if (tokens[next] !== ',') return false;
    at = next + 1;
  }
}

/** Reads one requirement that begins at a token; answers where the next token stands. */
function requirement(tokens: readonly string[], at: number): number | undefined {
  const negated = tokens[at] === '!';
  const keyAt = negated ? at + 1 : at;
  if (!KEY.test(tokens[keyAt] ?? '')) return undefined;
  const after = keyAt + 1;
  const operator = tokens[after];
  if (negated || operator === undefined || operator === ',') return after;
  switch (operator) {
    case '=':
    case '==':
    case '!=': {
      const value = tokens[after + 1];
      if (value === undefined || value === ',') return after + 1;
      return VALUE.test(value) ? after + 2 : undefined;
    }
    case '<':
    case '>':
      return INTEGER.test(tokens[after + 1] ?? '') ? after + 2 : undefined;
    case 'in':
    case 'notin':
      return valueSet(tokens, after + 1);
    default:
      return undefined;
  }
}

/** Reads `(a,,b)`: values, any of them empty, between commas. */
function valueSet(tokens: readonly string[], at: number): number | undefined {
  if (tokens[at] !== '(') return undefined;
  let valueMayFollow = true;
  for (let next = at + 1; next < tokens.length; next++) {
    const token = tokens[next] ?? '';
    if (token === ')') return next + 1;
    if (token === ',') valueMayFollow = true;
    else if (valueMayFollow && VALUE.test(token)) valueMayFollow = false;
    else return undefined;
  }
  return undefined;
}
