// The streams that are open on a connection: which sides still speak on each, and what goes on when one side stops. A stream is
// here from its opening until both sides have ended it.
import type { Side } from '../relay.ts';
import type { Outbox } from './outbox.ts';
import type { Use } from './use.ts';

export interface OpenStream<S> {
  readonly id: number;
  readonly stream: S;
  /** The agent has had a SYN_REPLY: before it, moby's client takes no data. */
  answered: boolean;
  readonly over: Record<Side, boolean>;
}

export interface OpenStreams<S> {
  add(id: number, stream: S): void;
  get(id: number): OpenStream<S> | undefined;
  /** Those on which the server may still speak. */
  heard(): readonly OpenStream<S>[];
  /** Once. */
  answer(open: OpenStream<S>): void;
  /** That side says no more: what goes on before its end is sent. */
  finish(open: OpenStream<S>, from: Side): void;
  drop(open: OpenStream<S>): void;
  dropAll(): void;
}

export const OTHER = { agent: 'server', server: 'agent' } as const satisfies Record<Side, Side>;

export function createOpenStreams<S>(use: Use<S>, send: Outbox['send']): OpenStreams<S> {
  const byId = new Map<number, OpenStream<S>>();
  const finish = ({ id, stream, over }: OpenStream<S>, from: Side): void => {
    if (over[from]) return;
    over[from] = true;
    for (const bytes of use.finished(stream, from)) send(OTHER[from], { kind: 'data', id, bytes });
  };
  const drop = (open: OpenStream<S>): void => {
    finish(open, 'agent');
    finish(open, 'server');
    byId.delete(open.id);
    use.gone(open.stream);
  };
  return {
    add(id, stream) {
      byId.set(id, { id, stream, answered: false, over: { agent: false, server: false } });
    },
    get: (id) => byId.get(id),
    heard: () => [...byId.values()].filter(({ over }) => !over.server),
    answer(open) {
      if (!open.answered) send('agent', { kind: 'synReply', id: open.id });
      open.answered = true;
    },
    finish,
    drop,
    dropAll() {
      for (const open of [...byId.values()]) drop(open);
    },
  };
}
