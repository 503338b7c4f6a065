// What an answer is read through on its way to the agent: of a parsed body, and of a parsed watch event, what may be shown.
// Several walls stand one behind the other; what one leaves out the next never sees.
import { asIs, type Show } from './shape.ts';

export interface Wall {
  readonly body: Show;
  /** Left out (`leftOut`), the event does not reach the agent. */
  readonly event: Show;
}

/** One wall out of several: each is given what the one before it shows. */
export function behind(...walls: readonly Wall[]): Wall {
  return { body: inTurn(walls.map(({ body }) => body)), event: inTurn(walls.map(({ event }) => event)) };
}

function inTurn(shows: readonly Show[]): Show {
  return (value) => {
    let shown = asIs(value);
    let count = 0;
    for (const show of shows) {
      if (shown.kind === 'unreadable' || shown.value === undefined) break;
      shown = show(shown.value);
      if (shown.kind === 'masked') count += shown.count;
    }
    return shown.kind === 'unreadable' ? shown : { ...shown, count };
  };
}
