// Two connections that have switched protocols, and the relay between them: what it makes of one side goes on to both, no faster
// than it is taken. It ends once, and both connections with it.
import type { Duplex } from 'node:stream';
import type { Last, Passed, Relay, Side } from '../streams/relay.ts';
import { closeOf, linger } from './linger.ts';
import type { Turns } from './turns.ts';

export interface SpliceParts {
  readonly relay: Relay;
  /** Both paused; what came early has been put back into them. */
  readonly sockets: Readonly<Record<Side, Duplex>>;
  /** Asked before all that goes on, however late a timer is: false, and nothing more does. It may cut. */
  readonly stands: () => boolean;
  /** Asked after all that was read: undefined, or resolves when more may be. */
  readonly room: () => Promise<void> | undefined;
  readonly turns: Turns;
}

/** How it ended. */
export type SpliceEnd =
  /** All is said, or this side went. */
  | { readonly kind: 'over'; readonly by: Side }
  | { readonly kind: 'fault'; readonly by: Side; readonly why: string }
  | { readonly kind: 'cut' }
  | { readonly kind: 'thrown'; readonly error: unknown };

export interface Splice {
  /** Sends what the relay makes now of something else than its two sides; nothing where it has ended or does not stand. */
  send(make: () => Passed): void;
  /** Ends it with a last message. Where it has ended, what its sides have not taken yet is theirs for no longer than after a cut. */
  cut(last: Last): void;
  /** Resolves once nothing more goes on, and both connections are closed. */
  readonly ended: Promise<SpliceEnd>;
}

const SIDES = ['agent', 'server'] as const satisfies readonly Side[];

/** What is read at once, and a TLS record holds. In the smallest frames, or searched for patterns, it is a tenth of a second's work. */
const STEP_BYTES = 16 * 1024;

export function splice({ relay, sockets, stands, room, turns }: SpliceParts): Splice {
  const { promise: ended, resolve } = Promise.withResolvers<SpliceEnd>();
  let isOver = false;
  /** For how many reasons a side is not read. */
  const waits = { agent: 0, server: 0 };

  function hold(side: Side): () => void {
    if (waits[side] === 0) sockets[side].pause();
    waits[side] += 1;
    return () => {
      waits[side] -= 1;
      if (waits[side] === 0 && !isOver) sockets[side].resume();
    };
  }

  function put(to: Side, bytes: readonly Uint8Array[], from: Side | undefined): void {
    const socket = sockets[to];
    if (bytes.length === 0 || !socket.writable) return;
    socket.cork();
    for (const piece of bytes) socket.write(piece);
    socket.uncork();
    if (from !== undefined && socket.writableNeedDrain) socket.once('drain', hold(from));
  }

  /** `from`: what called for it, as far as one side did. */
  function pass({ toAgent, toServer, over }: Passed, from: Side | undefined): void {
    put('agent', toAgent, from);
    put('server', toServer, from);
    if (over) finish({ kind: 'over', by: from ?? 'server' });
  }

  function finish(end: SpliceEnd): void {
    if (isOver) return;
    isOver = true;
    for (const side of SIDES) {
      if (end.kind === 'over' || end.kind === 'cut') linger(sockets[side], end.kind === 'cut');
      else sockets[side].destroy();
    }
    void Promise.all(SIDES.map((side) => closeOf(sockets[side]))).then(() => resolve(end));
  }

  /** What is thrown here would end the process. */
  function guarded(step: () => void): void {
    if (isOver) return;
    try {
      step();
    } catch (error) {
      finish({ kind: 'thrown', error });
    }
  }

  /** In steps; until the last of them is done no more is read. */
  function take(from: Side, chunk: Uint8Array): void {
    let left = Math.ceil(chunk.length / STEP_BYTES);
    let release: (() => void) | undefined;
    for (let at = 0; at < chunk.length; at += STEP_BYTES)
      turns.run(() => {
        guarded(() => read(from, chunk.subarray(at, at + STEP_BYTES)));
        left -= 1;
        if (left === 0) release?.();
      });
    if (left > 0) release = hold(from);
  }

  function read(from: Side, chunk: Uint8Array): void {
    if (!stands()) return;
    const step = relay.read(from, chunk);
    if (step.kind === 'fault') finish({ kind: 'fault', by: step.from, why: step.why });
    else pass(step, from);
    const making = isOver ? undefined : room();
    if (making !== undefined) void making.then(hold(from));
  }

  for (const side of SIDES) {
    const socket = sockets[side];
    // Half of a connection is no more than none: the API server ends both where one ends (apimachinery pkg/util/proxy).
    const gone = () =>
      guarded(() => {
        if (stands()) pass(relay.ended(side), side);
        finish({ kind: 'over', by: side });
      });
    // After what it said before, which may still wait for its turn.
    const afterAll = () => turns.run(gone);
    // How it fails does not matter: that it has ended, its close says.
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => take(side, chunk));
    socket.on('end', afterAll).on('close', afterAll);
    socket.resume();
    if (socket.closed) queueMicrotask(afterAll);
  }

  return {
    ended,
    send: (make) =>
      guarded(() => {
        if (stands()) pass(make(), undefined);
      }),
    cut(last) {
      // What has ended may still be read by a slow agent: not for longer than after any cut.
      if (isOver) for (const side of SIDES) linger(sockets[side], true);
      guarded(() => {
        pass({ ...relay.end(last), over: false }, undefined);
        finish({ kind: 'cut' });
      });
    },
  };
}
