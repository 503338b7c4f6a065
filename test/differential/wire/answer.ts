// A request whose bytes a proxy would never send, and as much of what comes back as says who refused it.
import { connect, type TLSSocket } from 'node:tls';

/** One request as it goes over the wire, Latin-1. */
export interface Bytes {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** On a connection of its own, which ends with the answer's head. */
  readonly alone: boolean;
}

/** The status of the final answer; CLOSED where the stream or the connection ended without one. */
export type Status = number;
export const CLOSED: Status = 0;

export interface Wire {
  /** One request at a time. Rejects where no answer comes. */
  send(bytes: Bytes): Promise<Status>;
  close(): void;
}

export interface Place {
  readonly host: string;
  readonly port: number;
  /** PEM */
  readonly ca: string;
}

/** As long as a machine under a full suite may take. */
export const ANSWER_MS = 30_000;

/** What goes wrong on the connection is told by its end. */
export function connectTo({ host, port, ca }: Place, protocol: string): TLSSocket {
  // The two places show certificates for other names; what counts is that the CA is theirs.
  const socket = connect({ host, port, ca, ALPNProtocols: [protocol], checkServerIdentity: () => undefined });
  return socket.on('error', () => {}).setNoDelay(true);
}
