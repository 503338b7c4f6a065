// What an agent is told on its channels when an exec or attach is cut: a line for who reads along, and the end as a client reads it.
import type { CommandProtocol } from './channels.ts';
import type { Last } from './relay.ts';

/** The channel a person reads: stderr, with a terminal stdout, else none. */
export type ReadAlong = 'stdout' | 'stderr' | undefined;

const encoder = new TextEncoder();

/** UTF-8. A terminal is raw on the agent's side: there a line begins and ends with a carriage return. */
export function lastLine(readAlong: ReadAlong, { message }: Last): Uint8Array {
  return encoder.encode(readAlong === 'stdout' ? `\r\n${message}\r\n` : `${message}\n`);
}

/** What the error channel says: the whole of it, since clients read a Status from all that came on it. */
export function lastStatus({ status }: CommandProtocol, last: Last): Uint8Array {
  return encoder.encode(status === 'json' ? last.status : last.message);
}
