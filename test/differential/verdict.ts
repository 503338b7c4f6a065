// What one exchange proves: both read the same, both refused, one of the two was stricter, or we would have decided on
// something other than what the API server does.
import { isDeepStrictEqual } from 'node:util';
import type { ApiRequest } from '../../policy/api-request.ts';
import type { AuditEvent } from '../cluster/audit.ts';
import type { Exchanged, Heard } from './exchange.ts';
import { httpReason } from './reasons.ts';
import type { RawRequest } from './requests.ts';
import { CLOSED } from './wire/answer.ts';

export type Verdict =
  | { readonly kind: 'same' }
  | { readonly kind: 'refusedByBoth' }
  /** The API server refuses the bytes; it understands what we would forward in their place. */
  | { readonly kind: 'mended' }
  /** We refuse what it accepts. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'more'; readonly why: string; readonly ours: unknown; readonly theirs: unknown };

/** What is decided by, and for whom. */
interface Understood {
  readonly verb: string;
  readonly apiGroup?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly namespace?: string | undefined;
  readonly resource?: string | undefined;
  readonly subresource?: string | undefined;
  readonly name?: string | undefined;
  /** Of what is no resource, decoded. */
  readonly path?: string | undefined;
  readonly username: string | undefined;
  readonly impersonated: string | undefined;
}

/** By which HTTP itself refuses, or RequestInfo gives up: of these there may be no event. Any other status has one. */
const BEFORE_THE_LOG = new Set([CLOSED, 400, 413, 417, 431, 500, 501, 505]);

/** Whether the absence of an event means that the bytes were understood as nothing. Go answers `OPTIONS *` by itself. */
export function mayBeUnlogged(status: number, { method, target }: RawRequest): boolean {
  return BEFORE_THE_LOG.has(status) || (status === 200 && method === 'OPTIONS' && target === '*');
}

/** `username` is whom we would have decided for. */
export function verdictOn({ raw, ours, heard, printed }: Exchanged, username: string): Verdict {
  const unlogged = heard.events.length === 0;
  if (unlogged && !mayBeUnlogged(heard.status, raw))
    return { kind: 'more', why: 'it was answered and not logged', ours, theirs: heard.status };
  if (ours?.kind !== 'read') {
    if (unlogged || heard.events.every(refuses)) return { kind: 'refusedByBoth' };
    return { kind: 'refused', reason: ours?.reason ?? httpReason(raw) };
  }
  const decided = byUs(ours.request, username);
  const differing = (events: readonly AuditEvent[]) =>
    events
      .map((event) => byApiServer(event, givesUp(event) ? username : event.user.username))
      .find((theirs) => !isDeepStrictEqual(theirs, decided));
  const more = (why: string, theirs: unknown): Verdict => ({ kind: 'more', why, ours: decided, theirs });

  if (printed === undefined || printed.events.length === 0)
    return more('its print is not understood', printed?.status);
  const printedAs = differing(printed.events);
  if (printedAs !== undefined) return more('its print is understood as something else', printedAs);
  const uris = printed.events.map(({ requestURI }) => requestURI);
  if (uris.some((uri) => uri !== ours.request.target))
    return more('its print is another path or query', uris);
  if (unlogged) return { kind: 'mended' };
  const rawAs = differing(heard.events);
  if (rawAs !== undefined) return more('it is understood as something else', rawAs);
  if (!sameAnswer(heard, printed))
    return more('its print is answered otherwise', [heard.status, printed.status]);
  return { kind: 'same' };
}

/** Of an event: nobody was let in, or the request was malformed to what read it next. */
function refuses({ responseStatus }: AuditEvent): boolean {
  return responseStatus?.code === 400 || responseStatus?.code === 401;
}

/** It refuses what is said, before it asks who says it: `timeout=soon`. */
function givesUp({ user, responseStatus }: AuditEvent): boolean {
  return user.username === undefined && responseStatus?.code === 400;
}

const sameAnswer = (raw: Heard, printed: Heard): boolean => raw.status === printed.status;

/** As it stands in the audit log: an empty group is left out there, and a path that is no resource has no object. */
function byApiServer(event: AuditEvent, username: string | undefined): Understood {
  const { verb, objectRef, requestURI, impersonatedUser } = event;
  const { apiGroup, apiVersion, namespace, resource, subresource, name } = objectRef ?? {};
  const path = objectRef === undefined ? decodeURIComponent(requestURI.split('?', 1)[0] ?? '') : undefined;
  const who = { username, impersonated: impersonatedUser?.username };
  return { verb, apiGroup, apiVersion, namespace, resource, subresource, name, path, ...who };
}

function byUs(request: ApiRequest, username: string): Understood {
  const who = { username, impersonated: undefined };
  if (request.kind === 'nonResource') return { ...NOTHING, verb: request.verb, path: request.path, ...who };
  const { verb, apiGroup, apiVersion, namespace, resource, subresource, name } = request;
  const group = apiGroup || undefined;
  return {
    verb,
    apiGroup: group,
    apiVersion,
    namespace,
    resource,
    subresource,
    name,
    path: undefined,
    ...who,
  };
}

const NOTHING = {
  apiGroup: undefined,
  apiVersion: undefined,
  namespace: undefined,
  resource: undefined,
  subresource: undefined,
  name: undefined,
};
