// A list or watch of which not every object is shown: every other item, row and event is left out, and all that tells
// of them. Order and everything else stay. What is neither list, Table nor Status is unreadable.
import { filteredEvents } from './filter-events.ts';
import { amongShown, chosen, type Filtering, listMeta, noObject, status, table } from './filter-shapes.ts';
import { asIs, each, fields, isObject, orNull, type Show, text, unreadable } from './shape.ts';
import type { Wall } from './wall.ts';

/** The wall before one response to a list or watch. */
export function filtered(how: Filtering): Wall {
  return { body: filteredBody(how), event: filteredEvents(how), values: 'carried' };
}

function filteredBody(how: Filtering): Show {
  const choice = amongShown(how);
  const asTable = table(how, choice, how.withoutObjects ? noObject : asIs);
  const asList = fields({
    apiVersion: text,
    kind: text,
    metadata: listMeta(how),
    items: orNull(each(chosen(choice, (item) => item, asIs))),
  });
  const asError = status(how);
  return (body) => {
    if (!isObject(body)) return unreadable('is not an object');
    if (body.kind === 'Status') return asError(body);
    if (body.kind === 'Table') return asTable(body);
    return 'items' in body ? asList(body) : unreadable('is neither a list nor a Table');
  };
}
