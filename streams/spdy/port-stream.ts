// What the headers of a stream of port-forward say: which half it is of the connection to which port, for which request
// (k8s.io/api core/v1 StreamType, PortHeader, PortForwardRequestIDHeader).
import type { Headers } from './header-block.ts';

export interface PortStream {
  readonly half: 'error' | 'data';
  /** 1 to 65535. */
  readonly port: number;
  /** The same for both halves. */
  readonly request: string;
}

const KNOWN: readonly string[] = ['streamtype', 'port', 'requestid'];
const PORT = /^[1-9][0-9]{0,4}$/;
const MAX_PORT = 65535;
/** client-go counts them. */
const REQUEST = /^[!-~]{1,64}$/;

/** Undefined: it is no stream of port-forward. */
export function readPortStream(id: number, headers: Headers): PortStream | undefined {
  const half = headers.get('streamtype');
  const port = headers.get('port') ?? '';
  if ([...headers.keys()].some((name) => !KNOWN.includes(name))) return undefined;
  if ((half !== 'error' && half !== 'data') || !PORT.test(port) || Number(port) > MAX_PORT) return undefined;
  // Clients before 1.2 name no request: the data stream is the one after the error stream, as the server has it too.
  const request = headers.get('requestid') ?? String(half === 'error' ? id : id - 2);
  return REQUEST.test(request) ? { half, port: Number(port), request } : undefined;
}
