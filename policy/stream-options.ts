// What a call to exec, attach or port-forward asks for, read once and strictly from its query; the query that is forwarded is
// printed from what was read. What the API server would pass over, or could read in another way, is refused.
import { readBool } from './query-bool.ts';
import { type Malformed, malformed, type QueryPair } from './target.ts';

/** k8s.io/api/core/v1 PodExecOptions and PodAttachOptions; of an attach `command` is empty. */
export interface CommandOptions {
  readonly kind: 'exec' | 'attach';
  /** Absent: the API server would choose one. */
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** k8s.io/api/core/v1 PodPortForwardOptions. SPDY and its tunnel name their ports later, at each opening: then `ports` is empty. */
export interface PortsOptions {
  readonly kind: 'portforward';
  /** In the order of the query, which numbers the channels of a WebSocket. */
  readonly ports: readonly number[];
}

export type StreamOptions = CommandOptions | PortsOptions;
export type StreamKind = StreamOptions['kind'];

const MAX_PORT = 65_535;

const KINDS = new Map<string, StreamKind>([
  ['pods/exec', 'exec'],
  ['pods/attach', 'attach'],
  ['pods/portforward', 'portforward'],
]);

/** By the name that a rule knows a resource by, of the core group; undefined: it is none of the three. */
export const streamKindOf = (apiGroup: string, key: string): StreamKind | undefined =>
  apiGroup === '' ? KINDS.get(key) : undefined;

const FLAGS = ['stderr', 'stdin', 'stdout', 'tty'] as const;
const PARAMETERS: Readonly<Record<StreamKind, ReadonlySet<string>>> = {
  exec: new Set(['command', 'container', ...FLAGS]),
  attach: new Set(['container', ...FLAGS]),
  portforward: new Set(['ports']),
};

/** client-go adds it wherever it has one; of a call that runs long the API server does not look at it, and it goes no further. */
const IGNORED = 'timeout';

/** A WebSocket has 256 channels, and a port takes two of them. */
const MAX_PORTS = 128;

/** Reads as the API server's ParameterCodec does; booleans by Convert_Slice_string_To_bool, ports by …_To_Slice_int32. */
export function readStreamOptions(kind: StreamKind, query: readonly QueryPair[]): StreamOptions | Malformed {
  const asked = query.filter(([name]) => name !== IGNORED);
  const unknown = asked.find(([name]) => !PARAMETERS[kind].has(name));
  if (unknown !== undefined)
    return malformed(
      `its query has ${JSON.stringify(unknown[0].slice(0, 64))}, which a stream does not take`,
    );
  const valuesOf = (wanted: string) => asked.flatMap(([name, value]) => (name === wanted ? [value] : []));
  if (kind === 'portforward') return readPorts(valuesOf('ports'));
  const command = valuesOf('command');
  if (command.some((each) => each.includes('\0')))
    return malformed('its command holds a zero byte, which ends a word to some');
  const [stderr, stdin, stdout, tty] = FLAGS.map((flag) => readBool(valuesOf(flag)[0]));
  if (stderr === undefined || stdin === undefined || stdout === undefined || tty === undefined)
    return malformed(`one of its ${FLAGS.join(', ')} is neither true nor false`);
  const [container = ''] = valuesOf('container');
  return { kind, ...(container !== '' && { container }), command, stdin, stdout, stderr, tty };
}

function readPorts(values: readonly string[]): PortsOptions | Malformed {
  const ports: number[] = [];
  for (const each of values.flatMap((value) => value.split(','))) {
    const port = /^[1-9][0-9]{0,4}$/.test(each) ? Number(each) : MAX_PORT + 1;
    if (port > MAX_PORT) return malformed(`one of its ports is no whole number from 1 to ${MAX_PORT}`);
    ports.push(port);
  }
  if (ports.length > MAX_PORTS) return malformed(`it has more than ${MAX_PORTS} ports`);
  return { kind: 'portforward', ports };
}

/** The query to forward, in the order of Go's url.Values; reading it gives the same options. */
export function printStreamOptions(stream: StreamOptions): readonly QueryPair[] {
  if (stream.kind === 'portforward')
    return stream.ports.length === 0 ? [] : [['ports', stream.ports.join(',')]];
  const { command, container } = stream;
  return [
    ...command.map((word) => ['command', word] as const),
    ...(container === undefined ? [] : [['container', container] as const]),
    ...FLAGS.flatMap((flag) => (stream[flag] ? [[flag, 'true'] as const] : [])),
  ];
}
