// Plays sayings to a relay, and finds what is wrong with what comes of it.
import type { Passed, Relay, Side } from '../../../streams/relay.ts';
import type { Random } from '../random.ts';
import type { Fuzzed } from './relays.ts';
import type { Saying } from './sayings.ts';

export interface Played {
  /** `over`, `open`, or whose fault it was and why. */
  readonly outcome: string;
  readonly said: string;
  readonly sent: Readonly<Record<Side, readonly Buffer[]>>;
}

/** What a side gets of what the other one sent: no more than this for each of its bytes, and this beside (a header block inflated). */
const MOST_FOR_ONE = 40;
const MOST_BESIDE = 24 * 1024;

/** Undefined: nothing is wrong. */
export function faultOf(random: Random, fuzzed: Fuzzed, all: readonly Saying[]): string | undefined {
  const whole = play(fuzzed, all);
  if (typeof whole === 'string') return whole;
  const cut = play(
    fuzzed,
    all.flatMap((saying) => cutAnywhere(random, saying)),
  );
  if (typeof cut === 'string') return `cut: ${cut}`;
  // Of two faults in one piece either may be found first.
  if (classOf(whole) !== classOf(cut)) return `${whole.outcome}, but cut otherwise ${cut.outcome}`;
  if (!whole.outcome.startsWith('fault') && whole.said !== cut.said)
    return `${whole.said}, but cut otherwise ${cut.said}`;
  return whole.outcome.startsWith('fault') ? undefined : echoed(fuzzed, whole);
}

const classOf = ({ outcome }: Played): string => outcome.split(':')[0] ?? '';

function play(fuzzed: Fuzzed, all: readonly Saying[]): Played | string {
  const { relay, said } = fuzzed.make();
  const sent: Record<Side, Buffer[]> = { agent: [], server: [] };
  let outcome = 'open';
  for (const { from, bytes } of all) {
    // What it is given is its own: here it is played again.
    const step = relay.read(from, Uint8Array.from(bytes));
    if (step.kind === 'fault') {
      outcome = `fault of the ${step.from}: ${step.why}`;
      break;
    }
    const out = lengthOf(step);
    if (out > MOST_FOR_ONE * bytes.length + MOST_BESIDE * (1 + bytes.length / 8))
      return `${out} bytes for ${bytes.length}`;
    sent.agent.push(...step.toAgent.map((each) => Buffer.from(each)));
    sent.server.push(...step.toServer.map((each) => Buffer.from(each)));
    if (step.over) {
      outcome = 'over';
      break;
    }
  }
  const problem = outcome.startsWith('fault') ? undefined : afterwards(relay, outcome);
  return problem ?? { outcome, said: said(), sent };
}

/** It ends once, and nothing comes of it any more. */
function afterwards(relay: Relay, outcome: string): string | undefined {
  const last = { message: 'the last word', status: '{"status":"Failure"}' };
  const ended = relay.end(last);
  if (!ended.over) return 'it goes on after its end';
  if (outcome === 'over' && lengthOf(ended) > 0) return 'it had a last word after it was over';
  for (const side of ['agent', 'server'] as const) {
    const step = relay.read(side, Buffer.from('more'));
    if (step.kind === 'passed' && lengthOf(step) > 0) return 'bytes after its end';
    if (lengthOf(relay.ended(side)) > 0) return 'bytes after its end and that of a side';
  }
  return lengthOf(relay.end(last)) > 0 ? 'it ended twice' : undefined;
}

const lengthOf = ({ toAgent, toServer }: Passed): number =>
  [...toAgent, ...toServer].reduce((sum, { length }) => sum + length, 0);

function cutAnywhere(random: Random, { from, bytes }: Saying): Saying[] {
  const cuts =
    bytes.length < 200 && random.once(2) ? bytes.map((_, at) => at) : [random.below(bytes.length + 1)];
  const places = [0, ...cuts, bytes.length];
  return places.slice(1).map((end, at) => ({ from, bytes: bytes.subarray(places[at], end) }));
}

/** What a relay sends is what another one reads: it prints nothing that it would not take. */
function echoed(fuzzed: Fuzzed, { sent }: Played): string | undefined {
  const other = fuzzed.make();
  const order = [
    ['agent', sent.server],
    ['server', sent.agent],
  ] as const;
  for (const [from, pieces] of order)
    for (const bytes of pieces) {
      const step = other.relay.read(from, bytes);
      const isOwn = step.kind === 'fault' && step.from === from && from === 'agent';
      if (isOwn) return `what it sent to the server is no word of an agent: ${step.why}`;
      if (step.kind === 'fault') return undefined;
    }
  return undefined;
}
