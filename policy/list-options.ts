// What RequestInfo takes from the query of a GET without a name: whether it watches, and which object it names.
// Upstream, one option that fails to decode loses the others; here it is refused, as the API server's handler would.
import { selectedName } from './field-selector.ts';
import { isLabelSelector } from './label-selector.ts';
import { readBool } from './query-bool.ts';
import { type Malformed, malformed, type QueryPair } from './target.ts';

export interface ListOptions {
  readonly kind: 'listOptions';
  readonly watch: boolean;
  readonly name: string | undefined;
}

const INT64_OPTIONS = ['limit', 'timeoutSeconds'] as const;

/** Reads metainternalversion.ListOptions as its ParameterCodec does, as far as RequestInfo looks. */
export function readListOptions(query: readonly QueryPair[]): ListOptions | Malformed {
  if (query.length === 0) return { kind: 'listOptions', watch: false, name: undefined };
  const options = new Map(query);
  for (const option of INT64_OPTIONS) {
    const value = options.get(option);
    if (value !== undefined && !isInt64(value)) return malformed(`its ${option} is not a whole number`);
  }
  const labelSelector = options.get('labelSelector');
  if (labelSelector !== undefined && !isLabelSelector(labelSelector))
    return malformed('its labelSelector cannot be read');
  const selected = selectedName(options.get('fieldSelector') ?? '');
  if (selected.kind === 'malformed') return selected;
  const watch = readBool(options.get('watch'));
  if (watch === undefined) return malformed('its watch is neither true nor false');
  return { kind: 'listOptions', watch, name: selected.name };
}

/** strconv.ParseInt(value, 10, 64); more than twenty digits are zeros or too many. */
function isInt64(value: string): boolean {
  if (!/^[-+]?[0-9]{1,20}$/.test(value)) return false;
  const number = BigInt(value.replace('+', ''));
  return BigInt.asIntN(64, number) === number;
}
