// What the relay of an exec or attach is made for, whatever it is spoken over.
import type { CommandProtocol } from './channels.ts';
import type { ReadAlong } from './last-words.ts';
import type { Channel, CommandTap } from './relay.ts';

export interface CommandOptions {
  readonly protocol: CommandProtocol;
  /** Those that the call asked for: the server goes by its query, and of what is on another no one would know. */
  readonly channels: ReadonlySet<Channel>;
  /** The channel that a person reads, which the wire does not tell. */
  readonly readAlong: ReadAlong;
  readonly tap: CommandTap;
}
