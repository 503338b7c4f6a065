// Every attribute name in one place: what is known about a call, and what it is called on a span. OpenTelemetry's
// semantic conventions where they have a name, `chaperone.*` elsewhere. docs/telemetry.md says what each holds.

/** Whose calls stand together: a container of the pod, and one client invocation in it. */
export interface Command {
  /** The Kubectl-Session header, else a name for the connection. */
  readonly command: string;
  readonly caller?: string | undefined;
}

/**
 * What else a span says about one call; what is not known stays out. None of it is ever a body or a token, nor of a query anything
 * but the command and the ports of a stream.
 */
export interface CallFacts {
  readonly auditId?: string | undefined;
  readonly method?: string | undefined;
  /** The canonical path, without the query; absent where the target could not be parsed. */
  readonly path?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly verb?: string | undefined;
  readonly apiGroup?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly namespace?: string | undefined;
  readonly resource?: string | undefined;
  readonly subresource?: string | undefined;
  readonly name?: string | undefined;
  readonly decision?: 'permit' | 'denial' | undefined;
  /** The code of the refusal, also of one that followed a permit (an unreadable answer, an expiry under way). */
  readonly refusal?: string | undefined;
  readonly rule?: string | undefined;
  readonly grant?: string | undefined;
  readonly task?: string | undefined;
  readonly reveal?: boolean | undefined;
  /** True where nothing was masked that is masked otherwise. */
  readonly unmasked?: boolean | undefined;
  /** The Helm releases of those it may show in which nothing is hidden: `shop/web, shop/db`. */
  readonly releases?: string | undefined;
  /** What Enforce would have refused it with, where that took no effect: the code, the rule, the text. */
  readonly insteadRefusal?: string | undefined;
  readonly insteadRule?: string | undefined;
  readonly insteadMessage?: string | undefined;
  /** How many hidden values were put back into what was written; absent where none are. */
  readonly putBack?: number | undefined;
  /** How many values were hidden in the answer. */
  readonly masked?: number | undefined;
  /** HTTP status that the agent got. */
  readonly status?: number | undefined;
  /** Of exec and attach: the container, and the command as in a shell, its first words. */
  readonly container?: string | undefined;
  readonly argv?: string | undefined;
  /** Of a port-forward: `8080, 9090`; those that were opened, and those that no rule lets open. */
  readonly ports?: string | undefined;
  readonly portsRefused?: string | undefined;
  /** What a stream is spoken in: `websocket v5.channel.k8s.io`. */
  readonly protocol?: string | undefined;
  /** Whether the recording of a stream is kept, under its Audit-ID. */
  readonly recorded?: boolean | undefined;
  /** Bytes of a stream: of stdin or to a port; of stdout and stderr as they were shown, or of a port. */
  readonly bytesFromAgent?: number | undefined;
  readonly bytesFromServer?: number | undefined;
  /** The exit code of a command, or why there is none. */
  readonly exit?: string | undefined;
  /** Who or what ended a stream. */
  readonly ended?: string | undefined;
}

export const CALL_ATTRIBUTES = {
  command: 'chaperone.command',
  caller: 'chaperone.caller',
  auditId: 'chaperone.audit_id',
  method: 'http.request.method',
  path: 'url.path',
  userAgent: 'user_agent.original',
  verb: 'chaperone.request.verb',
  apiGroup: 'chaperone.request.api_group',
  apiVersion: 'chaperone.request.api_version',
  namespace: 'chaperone.request.namespace',
  resource: 'chaperone.request.resource',
  subresource: 'chaperone.request.subresource',
  name: 'chaperone.request.name',
  decision: 'chaperone.decision',
  refusal: 'chaperone.refusal',
  rule: 'chaperone.rule',
  grant: 'chaperone.grant',
  task: 'chaperone.task',
  reveal: 'chaperone.reveal',
  unmasked: 'chaperone.unmasked',
  releases: 'chaperone.releases',
  insteadRefusal: 'chaperone.instead.refusal',
  insteadRule: 'chaperone.instead.rule',
  insteadMessage: 'chaperone.instead.message',
  putBack: 'chaperone.put_back_values',
  masked: 'chaperone.masked_values',
  status: 'http.response.status_code',
  container: 'chaperone.stream.container',
  argv: 'chaperone.stream.command',
  ports: 'chaperone.stream.ports',
  portsRefused: 'chaperone.stream.ports_refused',
  protocol: 'chaperone.stream.protocol',
  recorded: 'chaperone.stream.recorded',
  bytesFromAgent: 'chaperone.stream.bytes_from_agent',
  bytesFromServer: 'chaperone.stream.bytes_from_server',
  exit: 'chaperone.stream.exit',
  ended: 'chaperone.stream.ended',
} as const satisfies Record<keyof Command | keyof CallFacts, string>;

/** Who speaks: these stand on the resource, once a process. */
export interface Identity {
  /** The service's name, unless OTEL_SERVICE_NAME gives another. */
  readonly service: string;
  readonly version?: string | undefined;
  /** One agent pod's life, or one `chaperone run`. */
  readonly session?: string | undefined;
  readonly namespace?: string | undefined;
  readonly pod?: string | undefined;
  readonly podUid?: string | undefined;
}

export const RESOURCE_ATTRIBUTES = {
  service: 'service.name',
  version: 'service.version',
  session: 'chaperone.session',
  namespace: 'k8s.namespace.name',
  pod: 'k8s.pod.name',
  podUid: 'k8s.pod.uid',
} as const satisfies Record<keyof Identity, string>;

/** Known facts under their attribute names; what is undefined stays out. */
export function callAttributes(
  facts: Partial<Command> & CallFacts,
): Record<string, string | number | boolean> {
  return named(facts, CALL_ATTRIBUTES);
}

export function resourceAttributes(identity: Identity): Record<string, string | number | boolean> {
  return named(identity, RESOURCE_ATTRIBUTES);
}

function named<F extends string>(
  facts: { readonly [fact in F]?: string | number | boolean | undefined },
  names: Readonly<Record<F, string>>,
): Record<string, string | number | boolean> {
  const attributes: Record<string, string | number | boolean> = {};
  for (const fact of Object.keys(names) as F[]) {
    const value = facts[fact];
    if (value !== undefined) attributes[names[fact]] = value;
  }
  return attributes;
}

/** A span's name: few different ones, so the object's own name is not in it ("get secrets", "create pods/exec"). */
export function callName({ verb, resource, subresource, method }: CallFacts): string {
  if (verb === undefined) return 'malformed';
  if (resource === undefined) return method ?? verb;
  return subresource === undefined ? `${verb} ${resource}` : `${verb} ${resource}/${subresource}`;
}
