// Two WebSockets, the agent's and ours to the API server, as one: pings, pongs and close frames go on as they come, what messages
// say is the inner relay's. Every frame is printed anew, so that both ends read the same messages as we do: Go's server takes each
// fragment for a message of its own (golang.org/x/net/websocket).
import type { Fault, Last, Passed, Relay, Side } from '../relay.ts';
import { type Closing, NORMAL_CLOSURE } from './close.ts';
import { createFramePrinter, type FramePrinter, type Random } from './frame-printer.ts';
import { createFrameReader, type Said } from './frame-reader.ts';
import {
  type Going,
  type Message,
  type MessageRelay,
  NOTHING,
  otherSide,
  type Piece,
  passedTo,
  together,
} from './messages.ts';

export interface WebSocketRelay extends Relay {
  /** Prints messages that nothing read has called for. */
  pass(messages: Going<Message>): Passed;
}

/** `isText`: messages go on as text, else as binary, whatever they came as; Kubernetes' servers and clients take both. */
export function createWebSocketRelay(options: {
  isText: boolean;
  random: Random;
  inner: MessageRelay;
}): WebSocketRelay {
  const { isText, random, inner } = options;
  const readers = { agent: createFrameReader(true), server: createFrameReader(false) };
  const printers = {
    agent: createFramePrinter(isText, undefined),
    server: createFramePrinter(isText, random),
  };
  /** Who has been sent a close frame: nothing more goes there. */
  const closedTo = new Set<Side>();
  const ended = new Set<Side>();
  let over = false;

  const frames = (side: Side, print: (printer: FramePrinter) => readonly Uint8Array[]): Passed =>
    passedTo(side, closedTo.has(side) ? [] : print(printers[side]));

  const pass = (messages: Going<Message>): Passed => {
    const { toAgent, toServer } = messages;
    const passed = together([
      frames('agent', (printer) => toAgent.flatMap(printer.message)),
      frames('server', (printer) => toServer.flatMap(printer.message)),
    ]);
    return messages.over
      ? together([passed, close('agent', NORMAL_CLOSURE), close('server', NORMAL_CLOSURE), finish()])
      : passed;
  };

  const close = (side: Side, closing: Closing): Passed => {
    const passed = frames(side, (printer) => printer.close(closing));
    closedTo.add(side);
    return passed;
  };

  const finish = (): Passed => {
    over = true;
    return { ...NOTHING, over };
  };

  const endedFrom = (side: Side): Passed => {
    if (over || ended.has(side)) return NOTHING;
    ended.add(side);
    return pass(inner.ended(side));
  };

  const say = (from: Side, pieces: readonly Piece[]): Passed | Fault => {
    const messages = inner.read(from, pieces);
    return messages.kind === 'fault' ? messages : pass(messages);
  };

  const control = (from: Side, said: Control): Passed => {
    const to = otherSide(from);
    if (said.kind !== 'close') return frames(to, (printer) => printer.control(said.kind, said.bytes));
    const passed = together([endedFrom(from), close(to, said.closing)]);
    return ended.size === 2 ? together([passed, finish()]) : passed;
  };

  return {
    read: (from, chunk) => {
      if (over) return { ...NOTHING, over };
      const read = readers[from](chunk);
      if ('kind' in read) return { kind: 'fault', from, why: read.why };
      const all: Passed[] = [];
      for (const said of inRuns(read)) {
        const passed = 'kind' in said ? control(from, said) : say(from, said);
        if (passed.kind === 'fault') return passed;
        all.push(passed);
        if (over) break;
      }
      return together(all);
    },
    ended: (from) => together([endedFrom(from), endedFrom(otherSide(from)), finish()]),
    end: (last: Last) => (over ? { ...NOTHING, over } : pass({ ...inner.end(last), over: true })),
    pass: (messages) => (over ? { ...NOTHING, over } : pass(messages)),
  };
}

type Control = Exclude<Said, Piece>;

/** What is said in messages between control frames, together. */
function inRuns(all: readonly Said[]): readonly (readonly Piece[] | Control)[] {
  const runs: (Piece[] | Control)[] = [];
  for (const said of all) {
    const run = runs.at(-1);
    if (said.kind !== 'piece') runs.push(said);
    else if (Array.isArray(run)) run.push(said);
    else runs.push([said]);
  }
  return runs;
}
