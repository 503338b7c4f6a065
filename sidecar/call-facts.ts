// What the record and the span of a call say of it, out of what is known so far.
import { isProtected } from '../masking/protected.ts';
import { argv, clip, printable } from '../policy/quoting.ts';
import type { Refusal } from '../policy/refusal.ts';
import { isStream } from '../policy/stream-rule.ts';
import type { CallFacts } from '../telemetry/attributes.ts';
import type { Call } from './call.ts';
import { releasesShown } from './releases.ts';

const MAX_USER_AGENT = 256;
/** `refusal`: what it was refused or cut with. */
export function factsOf(call: Call, refusal: Refusal | undefined): CallFacts {
  const { request, permit, instead, putBack } = call;
  return {
    auditId: call.id,
    method: call.method,
    userAgent: call.head?.headers.get('user-agent')?.slice(0, MAX_USER_AGENT),
    path: request?.target.split('?', 1)[0],
    verb: request?.verb,
    ...(request?.kind === 'resource' && {
      apiGroup: request.apiGroup,
      apiVersion: request.apiVersion,
      namespace: request.namespace,
      resource: request.resource,
      subresource: request.subresource,
      name: request.name,
    }),
    decision: permit === undefined ? 'denial' : 'permit',
    refusal: refusal?.code,
    rule: refusal?.rule ?? permit?.rule,
    grant: permit?.grant,
    task: permit?.task,
    reveal: permit?.reveal,
    unmasked: (permit?.unmasked && isProtected(permit.request)) || undefined,
    releases: permit && isProtected(permit.request) ? releasesShown(permit) : undefined,
    insteadRefusal: instead?.code,
    insteadRule: instead?.rule,
    insteadMessage: instead && inWords(instead.message, call),
    putBack,
    ...streamFacts(call),
  };
}

/** An exit status may be a whole message. */
const MAX_EXIT = 256;
const MAX_PORTS = 64;

/** Of a command that no rule gives a refusal says which (policy/refusal-texts/streams.ts): here, in the words of accounts. */
function inWords(text: string, { request, words }: Call): string {
  if (request === undefined || !isStream(request) || request.stream.kind === 'portforward') return text;
  const said = argv(request.stream.command);
  return said === '' ? text : text.replaceAll(said, () => argv(words ?? []));
}

function streamFacts(call: Call): CallFacts {
  const { request, stream, words = [] } = call;
  if (request === undefined || !isStream(request)) return {};
  const options = request.stream;
  const { recorded, switchedTo, ended } = stream ?? {};
  const said = stream?.said?.();
  return {
    recorded,
    protocol: switchedTo,
    ended,
    ...(options.kind === 'portforward'
      ? { ports: listed(said?.ports ?? options.ports), portsRefused: listed(said?.portsRefused) }
      : { container: options.container, argv: argv(words) || undefined }),
    bytesFromAgent: said?.fromAgent,
    bytesFromServer: said?.fromServer,
    exit: said?.exit && clip(printable(inWords(said.exit, call)), MAX_EXIT),
  };
}

const listed = (ports: readonly number[] = []): string | undefined =>
  ports.length === 0 ? undefined : ports.slice(0, MAX_PORTS).join(', ');
