// What an exec or attach says, on its way: behind a policy's patterns where there are any, counted, and given to the recording as
// the agent sees it.
import type { Hold } from '../masking/growing-bytes.ts';
import type { Patterns } from '../masking/patterns/compile.ts';
import type { Wall } from '../masking/wall.ts';
import type { CommandProtocol } from '../streams/channels.ts';
import { lastLine, type ReadAlong } from '../streams/last-words.ts';
import { readCommandEvents } from '../streams/recording/command-events.ts';
import type { RecordingEvent } from '../streams/recording/recorded.ts';
import type { Channel, CommandTap, Last } from '../streams/relay.ts';
import { createSizeReader, printSizes } from '../streams/terminal-size.ts';
import { createHiddenChannel, OPEN_CHANNEL, type Pieces, type ShownChannel } from './hidden-channel.ts';
import { createHiddenStatus } from './hidden-status.ts';
import type { Turns } from './turns.ts';

/** What a policy hides of it. */
export interface Hiding {
  readonly patterns: Patterns;
  readonly wall: Wall;
}

export interface CommandTapParts {
  readonly protocol: CommandProtocol;
  readonly hiding: Hiding | undefined;
  /** For the unfinished lines of one channel. */
  readonly hold: () => Hold;
  readonly turns: Turns;
  readonly record: (event: RecordingEvent) => void;
  /** For the agent, after a silence. */
  readonly say: (channel: 'stdout' | 'stderr', bytes: Uint8Array) => void;
  readonly onHidden: (values: number) => void;
  readonly onNoRoom: () => void;
}

/** What has been said so far. */
export interface CommandSaid {
  /** Bytes of stdin; of stdout and stderr as they were shown. */
  fromAgent: number;
  fromServer: number;
  /** The exit code, or why there is none. */
  exit: string | undefined;
}

export interface TappedCommand {
  readonly tap: CommandTap;
  readonly said: CommandSaid;
  /** It ends with a last message for the agent. */
  cut(last: Last, readAlong: ReadAlong): void;
  /** Nothing more is said. */
  end(): void;
}

export function createCommandTap(parts: CommandTapParts): TappedCommand {
  const said: CommandSaid = { fromAgent: 0, fromServer: 0, exit: undefined };
  const events = readCommandEvents();

  function note(found: readonly RecordingEvent[]): void {
    for (const event of found) {
      if (event.kind === 'exit') said.exit = event.status;
      parts.record(event);
    }
  }

  /** `pieces` went to the agent, or would have. */
  function saw(channel: Channel, pieces: Pieces): Pieces {
    for (const bytes of pieces) {
      if (channel === 'stdout' || channel === 'stderr') said.fromServer += bytes.length;
      note(events.data(channel, bytes));
    }
    return pieces;
  }

  const saying = (channel: 'stdout' | 'stderr') => (pieces: Pieces) => {
    for (const bytes of saw(channel, pieces)) parts.say(channel, bytes);
  };

  function hidden(onSilence: ((pieces: Pieces) => void) | undefined): ShownChannel {
    if (parts.hiding === undefined) return OPEN_CHANNEL;
    const { patterns } = parts.hiding;
    return createHiddenChannel({ ...parts, patterns, hold: parts.hold(), onSilence });
  }

  const { hiding, protocol, onHidden } = parts;
  const isStatus = protocol.status === 'json' && hiding !== undefined;
  const shown: Readonly<Record<Channel, ShownChannel>> = {
    // The agent's own words: hidden in its recording, what it looks like would take what it did out of that.
    stdin: OPEN_CHANNEL,
    resize: sizesAlone(),
    stdout: hidden(saying('stdout')),
    stderr: hidden(saying('stderr')),
    // Nobody reads along there: clients read how it ended from all of it.
    error: isStatus ? createHiddenStatus({ ...hiding, onHidden }) : hidden(undefined),
  };

  const closed = (channel: Channel): Pieces => {
    const rest = saw(channel, shown[channel].end());
    note(events.closed(channel));
    return rest;
  };

  return {
    said,
    tap: {
      data(channel, bytes) {
        if (channel === 'stdin') said.fromAgent += bytes.length;
        return saw(channel, shown[channel].write(bytes));
      },
      closed,
    },
    cut(last, readAlong) {
      if (readAlong !== undefined)
        note([{ kind: 'data', channel: readAlong, bytes: lastLine(readAlong, last) }]);
      note([{ kind: 'exit', status: last.message }]);
    },
    end() {
      for (const channel of Object.keys(shown) as Channel[]) closed(channel);
    },
  };
}

/** What else is said there, no server would understand: it would look at no size any more. */
function sizesAlone(): ShownChannel {
  const sizesIn = createSizeReader();
  return {
    write(bytes) {
      const sizes = sizesIn(bytes);
      return sizes.length === 0 ? [] : [printSizes(sizes)];
    },
    end: () => [],
  };
}
