// The closed list (closed.ts) of paths that are no resources: what tells more of the control plane than any object does.
// A rule gives them by name, as it gives every path; only Observe would let them through unnamed.
import type { Closure } from './closed.ts';

const INSIDE: Closure = { openness: 'named', why: 'it shows the inside of the control plane' };

/** Each with all below it (apiserver pkg/server/routes, flagz, statusz; component-base/configz; kubernetes pkg/routes/logs.go). */
const closedPaths: ReadonlyMap<string, Closure> = new Map([
  ['logs', { openness: 'named', why: 'it shows files of the machine below, such as the audit log' }],
  ...['debug', 'configz', 'flagz', 'statusz'].map((first) => [first, INSIDE] as const),
]);

/** What closes a path; undefined: the ordinary rules decide. */
export function pathClosure(path: string): Closure | undefined {
  return closedPaths.get(path.split('/', 2)[1] ?? '');
}
