// What is to be sent to each side, printed frame by frame, until it is taken.
import type { Passed, Side } from '../relay.ts';
import type { Frame } from './frame.ts';
import { createFramePrinter } from './frame-printer.ts';

export interface Outbox {
  send(to: Side, frame: Frame): void;
  /** Everything since it was last taken. */
  passed(over: boolean): Passed;
}

export function createOutbox(): Outbox {
  const print = { agent: createFramePrinter(), server: createFramePrinter() };
  let out: Record<Side, Uint8Array[]> = { agent: [], server: [] };
  return {
    send(to, frame) {
      out[to].push(...print[to](frame));
    },
    passed(over) {
      const { agent: toAgent, server: toServer } = out;
      out = { agent: [], server: [] };
      return { kind: 'passed', toAgent, toServer, over };
    },
  };
}
