// Relays the streams of one SPDY connection: opening, half-close, reset and end, in the order in which moby's connections keep it
// (github.com/moby/spdystream connection.go). What the streams are for is asked (use.ts).
import type { Fault, Passed, Side } from '../relay.ts';
import { type Frame, GOAWAY_OK, type Malformed, malformed, REFUSED_STREAM } from './frame.ts';
import { createFrameReader } from './frame-reader.ts';
import { createOpenStreams, type OpenStream, OTHER } from './open-streams.ts';
import { createOutbox } from './outbox.ts';
import type { Inflate } from './packed.ts';
import { inRuns } from './runs.ts';
import type { SpdyRelay, Use } from './use.ts';

type FrameOf<K extends Frame['kind']> = Extract<Frame, { kind: K }>;

export function createSpdyRelay<S>(inflate: Inflate, use: Use<S>): SpdyRelay<S> {
  const read = { agent: createFrameReader(inflate), server: createFrameReader(inflate) };
  const { send, passed } = createOutbox();
  const streams = createOpenStreams(use, send);
  let lastId = 0;
  let over = false;

  const close = (id: number, bytes: Uint8Array): void => {
    send('agent', { kind: 'data', id, bytes });
    send('agent', { kind: 'fin', id });
  };

  const open = (from: Side, { id, headers }: FrameOf<'synStream'>): Malformed | undefined => {
    if (from === 'server') return malformed('the server opens a stream');
    if (id % 2 === 0 || id <= lastId) return malformed('the id of a new stream is even or does not rise');
    lastId = id;
    const opened = use.opened(id, headers);
    if (opened.kind === 'malformed') return opened;
    if (opened.kind === 'refused') send('agent', { kind: 'rstStream', id, status: REFUSED_STREAM });
    if (opened.kind === 'answered') {
      send('agent', { kind: 'synReply', id });
      close(id, opened.bytes);
    }
    if (opened.kind === 'opened') {
      streams.add(id, opened.stream);
      send('server', { kind: 'synStream', id, headers });
    }
    return undefined;
  };

  const said = (from: Side, frame: FrameOf<'data' | 'fin'>, on: OpenStream<S>): Malformed | undefined => {
    // What follows a FIN is nobody's: client-go's two writers of stdin cross their own.
    if (on.over[from]) return undefined;
    if (frame.kind === 'data') {
      const pieces = use.data(on.stream, from, frame.bytes);
      for (const bytes of pieces ?? []) send(OTHER[from], { ...frame, bytes });
      return pieces === undefined ? malformed('data on a stream that is not its to write') : undefined;
    }
    streams.finish(on, from);
    send(OTHER[from], frame);
    if (on.over[OTHER[from]]) streams.drop(on);
    return undefined;
  };

  const take = (from: Side, frame: Frame): Malformed | undefined => {
    if (frame.kind === 'synStream') return open(from, frame);
    if (frame.kind === 'ping' || frame.kind === 'goAway') {
      send(OTHER[from], frame);
      return undefined;
    }
    const on = streams.get(frame.id);
    // One that the other side has ended may still be spoken on by this one, which has not heard of it yet.
    if (on === undefined) return frame.id > lastId ? malformed('a stream was never opened') : undefined;
    if (frame.kind === 'data' || frame.kind === 'fin') return said(from, frame, on);
    if (frame.kind === 'synReply') {
      if (from === 'agent') return malformed('the agent answers a stream');
      streams.answer(on);
      return undefined;
    }
    streams.drop(on);
    send(OTHER[from], frame);
    return undefined;
  };

  const finish = (): void => {
    over = true;
    streams.dropAll();
  };

  return {
    read(from, chunk): Passed | Fault {
      if (over) return passed(over);
      const frames = read[from](chunk);
      let wrong = 'kind' in frames ? frames : undefined;
      for (const frame of 'kind' in frames ? [] : inRuns(frames)) wrong ??= take(from, frame);
      if (wrong === undefined) return passed(over);
      finish();
      // What came before it goes nowhere either.
      passed(over);
      return { kind: 'fault', from, why: wrong.why };
    },
    ended() {
      finish();
      return passed(over);
    },
    heard: () => streams.heard().map(({ stream }) => stream),
    say(stream, bytes) {
      const on = streams.heard().find((each) => each.stream === stream);
      if (on !== undefined) send('agent', { kind: 'data', id: on.id, bytes });
      return passed(over);
    },
    end(lastOf) {
      if (over) return passed(over);
      for (const on of streams.heard()) {
        streams.answer(on);
        streams.finish(on, 'server');
        close(on.id, lastOf(on.stream));
      }
      finish();
      send('agent', { kind: 'goAway', lastId, status: GOAWAY_OK });
      // The server is told by the end of its connection: what the agent last said is not said after the cut.
      return { ...passed(over), toServer: [] };
    },
  };
}
