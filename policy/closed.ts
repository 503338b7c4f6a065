// The closed list: what no rule reaches by breadth, because it would widen the agent's own access or reach around chaperone.
// RBAC's escalation check does not help here: it looks at the agent's RBAC, which is wider than its policy.
import { type ClosedRow, closedRows, type Openness } from './closed-rows.ts';

export interface Closure {
  readonly openness: Openness;
  readonly why: string;
}

export const READ_VERBS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** Group → resource, or `*` for the whole group → row. No resource is called `*`: the kinds refuse it. */
const byGroup = new Map<string, Map<string, ClosedRow>>();
for (const row of closedRows) {
  const rows = byGroup.get(row.apiGroup) ?? new Map<string, ClosedRow>();
  byGroup.set(row.apiGroup, rows);
  for (const resource of row.resources ?? ['*']) rows.set(resource, row);
}

/** What closes a verb on a resource, `pods/log` for a subresource; undefined: the ordinary rules decide. */
export function closureOf(apiGroup: string, resource: string, verb: string): Closure | undefined {
  const rows = byGroup.get(apiGroup);
  if (rows === undefined) return undefined;
  // The exact resource decides, else its parent, else its group.
  const row = rows.get(resource) ?? rows.get(resource.split('/', 1)[0] ?? '') ?? rows.get('*');
  if (row === undefined) return undefined;
  const openness = READ_VERBS.has(verb) ? row.reads : row.writes;
  return openness === 'open' ? undefined : { openness, why: row.why };
}
