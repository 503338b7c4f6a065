// Whose sidecars send recordings at this moment: each by one stream, and shared out, so that the pods of one ServiceAccount, however
// many there are, take recordings, and so exec, from no other.
import type { Agent } from '../../ca/agent.ts';
import { shareOf } from './names.ts';
import { createShares } from './shares.ts';

interface Sending {
  close(): void;
}

export interface Senders {
  /** A second stream of an agent takes the place of its first, which is closed. False: there is no room. */
  begin(agent: Agent, stream: Sending): boolean;
  /** Nothing where another has taken its place. */
  end(agent: Agent, stream: Sending): void;
}

export function createSenders(max: number): Senders {
  const shares = createShares(max);
  const streams = new Map<string, Sending>();

  return {
    begin(agent, stream) {
      const before = streams.get(agent.uid);
      if (before === undefined && !shares.enter(shareOf(agent))) return false;
      before?.close();
      streams.set(agent.uid, stream);
      return true;
    },
    end(agent, stream) {
      if (streams.get(agent.uid) !== stream) return;
      streams.delete(agent.uid);
      shares.leave(shareOf(agent));
    },
  };
}
