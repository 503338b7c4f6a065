// exec and attach over SPDY: a stream for each channel, opened by the agent in any order and named by its `streamType`
// (k8s.io/cri-streaming pkg/streaming/remotecommand/httpstream.go; client-go tools/remotecommand).
import { CHANNELS, SPEAKER } from '../channels.ts';
import type { CommandOptions } from '../command-options.ts';
import { lastLine, lastStatus } from '../last-words.ts';
import type { Channel, CommandRelay } from '../relay.ts';
import { malformed } from './frame.ts';
import type { Headers } from './header-block.ts';
import type { Inflate } from './packed.ts';
import { createSpdyRelay } from './relay.ts';
import type { Opened } from './use.ts';

const NOTHING = new Uint8Array(0);

/** Each channel is opened once at most, so five streams are the bound. */
export function createSpdyCommand(options: CommandOptions & { inflate: Inflate }): CommandRelay {
  const { protocol, channels, readAlong, tap, inflate } = options;
  const opened = new Set<Channel>();
  /** The server has said how the command ended: clients read one Status. */
  let isTold = false;
  const relay = createSpdyRelay<Channel>(inflate, {
    opened(_id, headers) {
      const channel = channelOf(headers);
      if (channel === undefined) return malformed('a stream is none of exec or attach');
      // The server counts the streams that its query asks for, and takes them by their type.
      if (!channels.has(channel)) return malformed('a channel is opened that was not asked for');
      if (opened.has(channel)) return malformed('a channel is opened twice');
      opened.add(channel);
      return { kind: 'opened', stream: channel } satisfies Opened<Channel>;
    },
    data(channel, from, bytes) {
      if (from !== SPEAKER[channel]) return undefined;
      isTold ||= channel === 'error';
      return tap.data(channel, bytes);
    },
    finished: (channel, from) => (from === SPEAKER[channel] ? tap.closed(channel) : []),
    gone: () => {},
  });
  return {
    read: relay.read,
    ended: relay.ended,
    say: relay.say,
    end(last) {
      return relay.end((channel) => {
        if (isTold) return NOTHING;
        if (channel === 'error') return lastStatus(protocol, last);
        return channel === readAlong ? lastLine(readAlong, last) : NOTHING;
      });
    },
  };
}

function channelOf(headers: Headers): Channel | undefined {
  const type = headers.get('streamtype');
  return headers.size === 1 ? CHANNELS.find((channel) => channel === type) : undefined;
}
