// The events of a watch of which not every object is shown. Bookmarks and errors stay. In a watch of Tables only
// the first event has columns: where that one is left out, the first that is shown has them.
import { amongShown, type Choice, chosen, type Filtering, noObject, status, table } from './filter-shapes.ts';
import {
  asIs,
  choose,
  fields,
  isObject,
  leftOut,
  type Masked,
  masked,
  type Show,
  type Unreadable,
  unreadable,
} from './shape.ts';

/** Of one watch: it remembers the columns. */
export function filteredEvents(how: Filtering): Show {
  const withColumns = keepColumns();
  const event = (choice: Choice, rowObject: Show): Show => {
    const asTable = table(how, choice, rowObject);
    const asObject = chosen(choice, (object) => object, asIs);
    const object: Show = (value) =>
      isObject(value) && value.kind === 'Table' ? withColumns(asTable(value)) : asObject(value);
    return fields({ type: asIs, object });
  };
  const change = event(amongShown(how), how.withoutObjects ? noObject : asIs);
  const bookmark = event(ofNoObject, how.withoutObjects ? unlessInitialEventsEnd : asIs);
  const error = fields({ type: asIs, object: choose('kind', { Status: status(how) }) });
  const byType = choose('type', {
    ADDED: change,
    MODIFIED: change,
    DELETED: change,
    BOOKMARK: bookmark,
    ERROR: error,
  });
  return (value) => {
    const shown = byType(value);
    const isEmpty = shown.kind === 'masked' && isObject(shown.value) && !('object' in shown.value);
    return isEmpty ? leftOut(value) : shown;
  };
}

/** A bookmark tells how far the watch has come, and of no object. */
const ofNoObject: Choice = (name) =>
  name === undefined ? masked(true, 0) : unreadable('metadata.name: is that of an object, in a bookmark');

/** This one the API server shows with its object whatever was asked (apiserver pkg/endpoints/handlers/response.go, asTable). */
const unlessInitialEventsEnd: Show = (object) => {
  const metadata = isObject(object) && isObject(object.metadata) ? object.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  return annotations['k8s.io/initial-events-end'] === 'true' ? asIs(object) : noObject(object);
};

/** Leaves a Table out that has no row, and keeps its columns for the next that has. */
function keepColumns(): (table: Masked | Unreadable) => Masked | Unreadable {
  let kept: unknown;
  return (table) => {
    if (table.kind === 'unreadable' || !isObject(table.value)) return table;
    const { columnDefinitions: own, rows } = table.value;
    if (isFilled(own)) kept = own;
    if (!isFilled(rows)) return leftOut(table.value);
    const columns = kept;
    kept = undefined;
    return columns === undefined
      ? table
      : { ...table, value: { ...table.value, columnDefinitions: columns } };
  };
}

const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0;
