// Under patterns, how a kind is asked for that is not the API server's own. Its owners choose the columns of its Tables and the
// fields by which it is selected, of any field: a cell has lost the name by which a pattern finds what stands there, and a
// selector tells whether a guess is right.
import type { ApiRequest, ResourceRequest } from '../policy/api-request.ts';
import { isByNameAlone } from '../policy/field-selector.ts';
import { isBuiltIn } from '../policy/namespaced.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';

/** Whether the API server itself chose what a Table of it prints. Ours are custom kinds too. */
export const hasOwnColumns = (request: ApiRequest): boolean =>
  request.kind === 'nonResource' || isOwn(request);

/** Refusal: HiddenSelected. */
export function selectionRefused(request: ApiRequest): Refusal | undefined {
  if (request.kind === 'nonResource' || isOwn(request) || !SELECTING.has(request.verb)) return undefined;
  const selectors = request.query.filter(([name]) => name === 'fieldSelector');
  return selectors.every(([, selector]) => isByNameAlone(selector))
    ? undefined
    : refuse('HiddenSelected', { request });
}

/** A selector of any other the API server does not read. */
const SELECTING: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection']);

const isOwn = ({ apiGroup, resource }: ResourceRequest): boolean =>
  apiGroup !== 'chaperone.dev' && isBuiltIn(apiGroup, resource);
