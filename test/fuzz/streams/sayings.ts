// What two sides could say to each other in a stream: for the most part what clients and the kubelet say, now and then what nobody
// does, in an order of chance.
import type { Side } from '../../../streams/relay.ts';
import { control, createPeer, type Peer, word } from '../../../streams/spdy/test-peer.ts';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  frame,
  PING,
  PONG,
  TEXT,
} from '../../../streams/websocket/test-frames.ts';
import type { Random } from '../random.ts';
import { type Fuzzed, QUERY_PORTS } from './relays.ts';

export interface Saying {
  readonly from: Side;
  readonly bytes: Buffer;
}

type Speaks = (random: Random, from: Side) => Uint8Array;

const MAX_SAYINGS = 40;
/** One in so many is said by nobody. */
const ODD = 40;

/** The sayings of one run, in their order. */
export function sayings(random: Random, fuzzed: Fuzzed): Saying[] {
  const speaks = {
    websocket: () => webSocket(fuzzed),
    spdy: () => spdy(fuzzed),
    tunnel: () => tunnel(fuzzed),
  };
  const speak = speaks[fuzzed.wire]();
  return Array.from({ length: 1 + random.below(MAX_SAYINGS) }, () => {
    const from = random.pick(['agent', 'server'] as const);
    return { from, bytes: Buffer.from(speak(random, from)) };
  });
}

const data = (random: Random): Buffer => random.bytes(random.pick([0, 1, 5, 124, 125, 126, 1000, 66_000]));
const STATUS = Buffer.from('{"metadata":{},"status":"Success"}');
const RESIZE = Buffer.from('{"Width":80,"Height":24}\n');

function webSocket({ of, isBase64, closes }: Fuzzed): Speaks {
  const own = {
    command: { agent: [0, 0, 0, 4], server: [1, 1, 2, 3] },
    ports: { agent: [0, 2], server: [0, 1, 2, 3] },
  }[of];
  const opcode = isBase64 ? TEXT : BINARY;
  const named = new Set<number>();
  const messageOf = (random: Random, from: Side): Buffer => {
    const number = random.once(ODD) ? random.below(256) : random.pick(own[from]);
    const isFirst = of === 'ports' && from === 'server' && !named.has(number);
    if (from === 'server') named.add(number);
    const port = QUERY_PORTS[number >> 1] ?? 0;
    const said = isFirst
      ? Buffer.of(port & 0xff, port >> 8)
      : of === 'command' && number >= 3
        ? ([STATUS, RESIZE][number - 3] ?? data(random))
        : data(random);
    return isBase64
      ? Buffer.from(`${number}${said.toString('base64')}`)
      : Buffer.concat([Buffer.of(number), said]);
  };
  return (random, from) => {
    const say = (code: number, payload: Buffer, final = true) =>
      frame(from, { opcode: code, payload, final });
    const payload = messageOf(random, from);
    const at = random.below(payload.length + 1);
    const ping = say(random.pick([PING, PONG]), random.bytes(random.below(126)));
    const pieces = [
      say(opcode, payload.subarray(0, at), false),
      ping,
      say(CONTINUATION, payload.subarray(at)),
    ];
    if (random.once(ODD)) return say(CLOSE, Buffer.of(3, 232));
    if (random.once(ODD)) return say(random.below(16), random.bytes(random.below(200)), random.once(2));
    if (closes && from === 'agent' && random.once(9)) return say(BINARY, Buffer.of(255, 0));
    return random.pick([() => say(opcode, payload), () => Buffer.concat(pieces), () => ping])();
  };
}

const COMMAND_STREAMS = ['error', 'stdin', 'stdout', 'stderr', 'resize'];

function spdy({ of }: Fuzzed): Speaks {
  const peers: Readonly<Record<Side, Peer>> = { agent: createPeer(), server: createPeer() };
  let opened = 0;
  const headersOf = (random: Random, turn: number) =>
    of === 'command'
      ? new Map([['streamtype', COMMAND_STREAMS[turn] ?? 'stdin']])
      : new Map([
          ['streamtype', turn % 2 === 0 ? 'error' : 'data'],
          ['port', (turn >> 1) % 9 === 3 ? '22' : '8080'],
          ['requestid', `${turn >> 1}`],
          ...(random.once(ODD) ? ([['x-other', 'y']] as const) : []),
        ]);
  /** Streams on which a side may speak. */
  const idsOf = (from: Side): number[] =>
    Array.from({ length: opened }, (_, turn) => turn).filter((turn) =>
      of === 'command' ? (from === 'agent') === [1, 4].includes(turn) : from === 'server' || turn % 2 === 1,
    );
  return (random, from) => {
    const peer = peers[from];
    const wantsMore = of === 'ports' ? random.once(4) || opened % 2 === 1 : opened < COMMAND_STREAMS.length;
    if (from === 'agent' && (wantsMore || opened === 0 || random.once(ODD))) {
      const [id, headers] = [2 * opened + 1, headersOf(random, opened)];
      opened += 1;
      return peer.says({ kind: 'synStream', id, headers });
    }
    const turns = idsOf(from);
    const turn = turns.length === 0 || random.once(ODD) ? random.below(opened + 3) : random.pick(turns);
    const id = 2 * turn + 1;
    const ping = () => peer.says({ kind: 'ping', id: random.below(2 ** 31) + 1 });
    if (opened === 0) return ping();
    const said =
      of === 'command' && turn === 4 ? RESIZE : of === 'command' && turn === 0 ? STATUS : data(random);
    if (random.once(ODD)) return control(random.below(12), [id], [...random.bytes(random.below(40))]);
    if (random.once(ODD)) return peer.says({ kind: 'goAway', lastId: id, status: 0 });
    const kinds: readonly (() => Uint8Array)[] = [
      ...Array(6).fill(() => peer.says({ kind: 'data', id, bytes: said })),
      () => peer.says({ kind: 'fin', id }),
      () => peer.says({ kind: 'rstStream', id, status: 5 }),
      ping,
      () => control(9, [id, 65_536]),
      () => (random.once(ODD) ? word(0x8003_0000) : control(4, [0])),
      () => (from === 'server' ? peer.says({ kind: 'synReply', id }) : ping()),
    ];
    return random.pick(kinds)();
  };
}

/** Cut into messages anywhere. */
function tunnel(fuzzed: Fuzzed): Speaks {
  const inner = spdy(fuzzed);
  return (random, from) => {
    const bytes = inner(random, from);
    const at = random.below(bytes.length + 1);
    const pieces = [bytes.subarray(0, at), bytes.subarray(at)];
    return Buffer.concat(pieces.map((payload) => frame(from, { opcode: BINARY, payload })));
  };
}
