// What this version refuses under any rule, until what makes it safe is built.
import type { ResourceRequest } from './api-request.ts';
import { ruleKey } from './rule.ts';

export type NotYetCode = 'StreamNotYet';

/** Of the core group, and exactly these: what is done to the object itself is left to the rules. */
const STREAMS: ReadonlySet<string> = new Set(['pods/proxy', 'services/proxy']);

/** The refusal that awaits this request whatever its rules say; undefined: none does. */
export function notYet(request: ResourceRequest): NotYetCode | undefined {
  return request.apiGroup === '' && STREAMS.has(ruleKey(request)) ? 'StreamNotYet' : undefined;
}
