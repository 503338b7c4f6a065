// A stream that both sides have switched to: the agent's connection switches, what is said is relayed, tapped and recorded, and how
// it ended is known when it has.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { toStatus } from '../policy/status.ts';
import type { RecordingEvent } from '../streams/recording/recorded.ts';
import type { Last } from '../streams/relay.ts';
import type { AdmittedStream } from './admit-stream.ts';
import type { Call } from './call.ts';
import type { AgentResponse } from './listener.ts';
import { switchedHead } from './offer.ts';
import { MAX_HELD_BYTES } from './recording.ts';
import type { Room } from './room.ts';
import { type SpliceEnd, splice } from './splice.ts';
import type { Switched } from './switch-protocols.ts';
import { createTappedRelay } from './tapped-relay.ts';
import type { Turns } from './turns.ts';

export interface LiveStreamParts {
  readonly admitted: AdmittedStream;
  readonly switched: Switched;
  readonly call: Call;
  readonly res: AgentResponse;
  /** The agent's connection, paused, on which `res` has said nothing. */
  readonly socket: Socket;
  readonly room: Room;
  /** Whether a port may be opened now: what stands against it. */
  readonly ask: (port: number) => Refusal | undefined;
  /** Whether it is still permitted; cuts it where it is not. */
  readonly stands: () => boolean;
  /** Of all streams. */
  readonly turns: Turns;
  /** Whether it must end with its recording. */
  readonly mustRecord: () => boolean;
  /** Ends it from within. */
  readonly cut: (refusal: Refusal) => void;
}

export interface LiveStream {
  /** Ends it with a last message for the agent. */
  cut(refusal: Refusal): void;
  readonly ended: Promise<SpliceEnd>;
}

/** A connection whose other end is gone without a word is found dead within minutes; one that is only silent is never ended. */
const KEEP_ALIVE_MS = 30_000;

const NOT_KEPT = 'it is full, or what was written of it is not acknowledged';

export function openStream(parts: LiveStreamParts): LiveStream {
  const { admitted, switched, call, res, socket } = parts;
  const { request, stream, offer, hiding } = admitted;
  const { protocol } = switched;
  let { recording } = admitted;

  const record = (event: RecordingEvent) => recording?.write(event);
  const tapped = createTappedRelay(
    { options: request.stream, upgrade: offer.upgrade, protocol },
    {
      hiding,
      hold: parts.room,
      turns: parts.turns,
      record,
      send: (make) => spliced.send(make),
      onHidden: (values) => {
        call.masked += values;
      },
      onNoRoom: () => setImmediate(parts.cut, refuse('Busy', { request })),
      ask: (port) => parts.ask(port)?.message,
    },
  );
  stream.switchedTo = `${offer.upgrade} ${protocol}`.trim();
  stream.said = tapped.said;

  res.statusCode = 101;
  (res as ServerResponse).detachSocket(socket);
  for (const each of [socket, switched.socket])
    each.setTimeout(0).setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
  socket.write(switchedHead(offer, protocol, call.id));
  const spliced = splice({
    relay: tapped.relay,
    sockets: { agent: socket, server: switched.socket },
    stands: parts.stands,
    turns: parts.turns,
    room: () => (recording && recording.held > MAX_HELD_BYTES ? recording.drained() : undefined),
  });

  const failed = recording?.failed;
  const lose = (): void => {
    recording = undefined;
    stream.recorded = false;
    if (parts.mustRecord()) parts.cut(refuse('RecordingEnded', { request, why: NOT_KEPT }));
  };
  if (failed?.aborted) setImmediate(lose);
  failed?.addEventListener('abort', lose, { once: true });

  let last: Last | undefined;
  return {
    cut(refusal) {
      // What the agent is told is the first.
      last ??= { message: refusal.message, status: JSON.stringify(toStatus(refusal)) };
      spliced.cut(last);
    },
    ended: spliced.ended.then((end) => {
      tapped.end(end.kind === 'cut' ? last : undefined);
      stream.ended = clauseOf(end);
      return end;
    }),
  };
}

function clauseOf(end: SpliceEnd): string {
  switch (end.kind) {
    case 'over':
      return `by the ${SIDES[end.by]}`;
    case 'fault':
      return `broken off: of the ${SIDES[end.by]}, ${end.why}`;
    case 'cut':
      return 'cut';
    case 'thrown':
      return 'broken off inside';
  }
}

const SIDES = { agent: 'agent', server: 'API server' } as const;
