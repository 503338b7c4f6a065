// Asks for a protected body in JSON, the one wire format we read, and otherwise exactly as the client asked: what
// admits JSON stays with its parameters and in its order, the rest goes. Follows goautoneg as kube-apiserver uses it
// (apiserver/pkg/endpoints/handlers/negotiation): naive splits, case matters, q=0 is only the last choice.

/** What to send upstream as Accept, or that JSON is not admitted (406). */
export type Negotiated =
  | { readonly kind: 'json'; readonly accept: string }
  | { readonly kind: 'notAcceptable' };

// kubectl's longest is under 300; nothing we know of comes near this.
const MAX_ACCEPT_BYTES = 4096;

/** Whatever stands around it: none is a Table without this word. */
const ASKS_FOR_TABLE = /Table/;

const ADMITS_JSON: ReadonlySet<string> = new Set(['application/json', 'application/*', '*/*', '*']);

/**
 * `accept` is the request's one Accept header, undefined where there is none; an empty one is none, as upstream. `tables`: whether
 * objects may come back as a Table.
 */
export function negotiateJson(accept: string | undefined, { tables } = { tables: true }): Negotiated {
  if (accept === undefined || accept === '') return { kind: 'json', accept: 'application/json' };
  if (accept.length > MAX_ACCEPT_BYTES || !/^[\t\x20-\x7e]*$/.test(accept)) return { kind: 'notAcceptable' };
  const clauses = accept
    .split(',')
    .filter((clause) => tables || !ASKS_FOR_TABLE.test(clause))
    .flatMap(jsonClause);
  // Two clauses may have become one and the same; the first keeps its place.
  return clauses.length === 0
    ? { kind: 'notAcceptable' }
    : { kind: 'json', accept: [...new Set(clauses)].join(',') };
}

// Parameters go on untouched: the server splits them as it would have.
function jsonClause(clause: string): string[] {
  const [range = '', ...parameters] = trim(clause).split(';');
  const admits = ADMITS_JSON.has(range.split('/').map(trim).join('/'));
  return admits ? [['application/json', ...parameters].join(';')] : [];
}

const trim = (part: string) => part.replace(/^ +| +$/g, '');
