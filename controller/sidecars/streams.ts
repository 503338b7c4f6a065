// All entitlements streams of this replica: one an agent, a bounded number, told of every change that may concern them.
import type { ServerHttp2Stream } from 'node:http2';
import type { SeenAgent } from './agent.ts';
import { type EntitlementsStream, type StreamDeps, startStream } from './stream.ts';

/** Each holds a connection, a timer and the agent's facts, some 100 kB of the chart's 512Mi; more want another replica. */
export const MAX_STREAMS = 2048;

export interface Streams {
  /** `full`: the bound is reached. A second stream of an agent takes the place of its first. */
  open(stream: ServerHttp2Stream, agent: SeenAgent): EntitlementsStream | 'full';
  /** Who is told by one of them; undefined: nobody with that UID. */
  agentOf(uid: string): SeenAgent | undefined;
  /** Policies or Grants of these namespaces have changed; undefined: what all are told has. */
  changed(namespaces: ReadonlySet<string> | undefined): void;
  /** A policy has changed: whose standing lifetime counts may have, too. */
  renew(namespaces: ReadonlySet<string>): void;
  /** Ends them all: the sidecars look for another replica. */
  end(why: string): void;
}

export function startStreams(deps: StreamDeps): Streams {
  const byPod = new Map<string, EntitlementsStream>();

  const within = (namespaces: ReadonlySet<string> | undefined) =>
    [...byPod.values()].filter(({ agent }) => namespaces === undefined || namespaces.has(agent.namespace));

  return {
    open(stream, agent) {
      const before = byPod.get(agent.uid);
      if (before === undefined && byPod.size >= MAX_STREAMS) return 'full';
      before?.end('the agent has opened another');
      const opened = startStream(stream, agent, deps);
      byPod.set(agent.uid, opened);
      stream.on('close', () => {
        if (byPod.get(agent.uid) === opened) byPod.delete(agent.uid);
      });
      return opened;
    },
    agentOf: (uid) => byPod.get(uid)?.agent,
    changed(namespaces) {
      for (const each of within(namespaces)) each.tell();
    },
    renew(namespaces) {
      for (const each of within(namespaces)) each.renew();
    },
    end(why) {
      for (const each of byPod.values()) each.end(why);
    },
  };
}
