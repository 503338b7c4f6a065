// How a list or watch that will be filtered is asked for upstream: so that every row has a name, that its own `continue` is
// understood again, and that pages tell as little as can be of what they do not show.
import type { QueryPair } from '../policy/target.ts';

export interface FilteredQuery {
  readonly kind: 'query';
  readonly query: readonly QueryPair[];
  /** Rows were asked for without their objects: they come with them, and `Filtering.withoutObjects` takes them out. */
  readonly withoutObjects: boolean;
}

/** Its `continue` was not sealed here, or for another list. */
export interface UnknownContinue {
  readonly kind: 'unknownContinue';
}

/**
 * Where only some names are shown, how many pages there are tells how many objects there are, and under a selector how many of
 * them it selects: a page is no smaller than kubectl's own. What is shown of it may be more than the agent's limit, as of a
 * server without paging.
 */
const MIN_PAGE = 500;

export interface FilteredAsking {
  /** Only objects of some names will be shown. */
  readonly byName: boolean;
  /** Gives what was sealed, or undefined. */
  readonly open: (sealed: string) => string | undefined;
}

/** `asked`: as request-info.ts takes it, so that its limit is a whole number. */
export function filteredQuery(
  asked: readonly QueryPair[],
  { byName, open }: FilteredAsking,
): FilteredQuery | UnknownContinue {
  const query: QueryPair[] = [];
  let withoutObjects = false;
  for (const [name, value] of asked) {
    if (name === 'includeObject' && value === 'None') {
      withoutObjects = true;
      query.push([name, 'Metadata']);
    } else if (byName && name === 'limit' && Number(value) > 0 && Number(value) < MIN_PAGE) {
      query.push([name, String(MIN_PAGE)]);
    } else if (name === 'continue' && value !== '') {
      const token = open(value);
      if (token === undefined) return { kind: 'unknownContinue' };
      query.push([name, token]);
    } else query.push([name, value]);
  }
  return { kind: 'query', query, withoutObjects };
}
