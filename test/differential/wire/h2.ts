// Requests over HTTP/2 with exactly the fields they are given, also those that no library sends: frames of our own.
import type { TLSSocket } from 'node:tls';
import { ANSWER_MS, type Bytes, CLOSED, connectTo, type Place, type Status, type Wire } from './answer.ts';
import { ACK, END_HEADERS, END_STREAM, type Frame, frame, PREFACE, readFrames, TYPE } from './frames.ts';
import { packFields, readStatus } from './hpack.ts';

/** The largest frame that every server takes. */
const MAX_FRAME = 16_384;

interface Session {
  readonly socket: TLSSocket;
  stream: number;
  /** Hears the frames of the stream that is open. */
  hear: (frame: Frame) => void;
  /** The server has said that it takes no more. */
  leaving: boolean;
}

export function http2(place: Place): Wire {
  let kept: Session | undefined;

  /** Undefined: the session ended. */
  const sendOn = (session: Session, bytes: Bytes): Promise<Status | undefined> => {
    const { socket } = session;
    session.stream += 2;
    return new Promise((resolve, reject) => {
      let status: Status = CLOSED;
      const done = (answered: Status | undefined): void => {
        socket.removeAllListeners('close').removeAllListeners('timeout').setTimeout(0);
        session.hear = () => {};
        kept = session.leaving || answered === undefined ? undefined : session;
        if (kept === undefined) socket.destroy();
        resolve(answered);
      };
      session.hear = ({ type, flags, payload }) => {
        if (type === TYPE.headers && status < 200) status = readStatus(payload);
        const ends = (type === TYPE.headers || type === TYPE.data) && (flags & END_STREAM) !== 0;
        if (ends || type === TYPE.reset) done(status);
      };
      socket.once('close', () => done(undefined));
      socket.setTimeout(ANSWER_MS, () => reject(new Error(`no answer to ${bytes.method} ${bytes.target}`)));
      socket.write(requestFrames(session.stream, bytes));
    });
  };

  return {
    async send(bytes) {
      const used = kept;
      kept = undefined;
      const status = await sendOn(used ?? open(place), bytes);
      if (status !== undefined) return status;
      // A session may have been ended by what came before.
      return (used === undefined ? undefined : await sendOn(open(place), bytes)) ?? CLOSED;
    },
    close: () => kept?.socket.destroy(),
  };
}

function open(place: Place): Session {
  const socket = connectTo(place, 'h2');
  const session: Session = { socket, stream: -1, hear: () => {}, leaving: false };
  socket.on(
    'data',
    readFrames((received) => {
      const { type, flags, stream, payload } = received;
      const asks = (flags & ACK) === 0;
      if (type === TYPE.settings && asks) socket.write(frame(TYPE.settings, ACK, 0));
      if (type === TYPE.ping && asks) socket.write(frame(TYPE.ping, ACK, 0, payload));
      if (type === TYPE.goAway) session.leaving = true;
      if (stream === session.stream) session.hear(received);
    }),
  );
  socket.write(PREFACE);
  return session;
}

function requestFrames(stream: number, { headers }: Bytes): Buffer {
  const block = packFields(headers);
  const pieces: Buffer[] = [];
  for (let at = 0; at < block.length; at += MAX_FRAME) {
    const first = at === 0;
    const last = at + MAX_FRAME >= block.length;
    const flags = (first ? END_STREAM : 0) | (last ? END_HEADERS : 0);
    const type = first ? TYPE.headers : TYPE.continuation;
    pieces.push(frame(type, flags, stream, block.subarray(at, at + MAX_FRAME)));
  }
  return Buffer.concat(pieces);
}
