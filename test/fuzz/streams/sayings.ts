// What two sides could say to each other in a stream: frames as clients and the kubelet send them, some frames that nobody sends, in
// an order of chance.
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
import type { Fuzzed } from './relays.ts';

export interface Saying {
  readonly from: Side;
  readonly bytes: Buffer;
}

type Sides = Readonly<Record<Side, Peer>>;
type Speaks = (random: Random, from: Side) => Buffer;

const MAX_SAYINGS = 40;

/** The sayings of one run, in their order. */
export function sayings(random: Random, fuzzed: Fuzzed): Saying[] {
  const peers = { agent: createPeer(), server: createPeer() };
  const speak = {
    websocket: () => webSocket(fuzzed),
    spdy: () => spdy(fuzzed, peers),
    tunnel: () => tunnel(fuzzed, peers),
  }[fuzzed.wire]();
  return Array.from({ length: random.below(MAX_SAYINGS) }, (): Saying => {
    const from = random.pick(['agent', 'server'] as const);
    return { from, bytes: speak(random, from) };
  });
}

const size = (random: Random): number => random.pick([0, 1, 2, 5, 125, 126, 1000, 70_000]) + random.below(3);
const data = (random: Random): Buffer => random.bytes(Math.min(size(random), 300 + random.below(70_000)));
const STATUS = Buffer.from('{"metadata":{},"status":"Success"}');
const RESIZE = Buffer.from('{"Width":80,"Height":24}\n');

function webSocket({ of, isBase64 }: Fuzzed): Speaks {
  const numbers = of === 'ports' ? [0, 1, 2, 3] : [0, 1, 2, 3, 4];
  const own = (from: Side) =>
    of === 'ports' ? (from === 'agent' ? [0, 2] : numbers) : from === 'agent' ? [0, 4] : [1, 2, 3];
  return (random, from) => {
    const number = random.once(20) ? random.pick([...numbers, 9, 255]) : random.pick(own(from));
    const said = number === 3 ? STATUS : number === 4 ? RESIZE : data(random);
    const payload = isBase64
      ? Buffer.from(`${number}${said.toString('base64')}`)
      : Buffer.concat([Buffer.of(number), said]);
    const kinds: readonly (() => Uint8Array)[] = [
      ...Array(6).fill(() => frame(from, { opcode: isBase64 ? TEXT : BINARY, payload })),
      () => frame(from, { opcode: PING, payload: random.bytes(random.below(126)) }),
      () => frame(from, { opcode: PONG, payload: random.bytes(random.below(126)) }),
      () => frame(from, { opcode: isBase64 ? TEXT : BINARY, payload: payload.subarray(0, 3), final: false }),
      () => frame(from, { opcode: CONTINUATION, payload: payload.subarray(3) }),
      () => frame(from, { opcode: BINARY, payload: Buffer.of(255, random.below(5)) }),
      () => (random.once(5) ? frame(from, { opcode: CLOSE, payload: Buffer.of(3, 232) }) : Buffer.of()),
    ];
    return Buffer.from(random.pick(kinds)());
  };
}

const COMMAND_STREAMS = ['error', 'stdin', 'stdout', 'stderr'];

function spdy({ of }: Fuzzed, peers: Sides): Speaks {
  let nextId = 1;
  const ids = (random: Random) =>
    random.once(30) ? random.below(50) : 1 + 2 * random.below(Math.max(1, (nextId - 1) / 2));
  return (random, from) => {
    const peer = peers[from];
    const open = (): Uint8Array => {
      const id = nextId;
      nextId += 2;
      const turn = (id - 1) / 2;
      const headers =
        of === 'command'
          ? new Map([['streamtype', COMMAND_STREAMS[turn] ?? 'resize']])
          : new Map([
              ['streamtype', turn % 2 === 0 ? 'error' : 'data'],
              ['port', random.once(9) ? '22' : '8080'],
              ['requestid', `${turn >> 1}`],
            ]);
      return peer.says({ kind: 'synStream', id, headers });
    };
    const id = ids(random);
    const kinds: readonly (() => Uint8Array)[] = [
      ...(from === 'agent' ? Array(4).fill(open) : Array(3).fill(() => peer.says({ kind: 'synReply', id }))),
      ...Array(6).fill(() => peer.says({ kind: 'data', id, bytes: data(random) })),
      () => peer.says({ kind: 'data', id, bytes: of === 'command' ? RESIZE : STATUS }),
      () => peer.says({ kind: 'fin', id }),
      () => peer.says({ kind: 'ping', id: random.below(2 ** 32 - 1) + 1 }),
      () => peer.says({ kind: 'rstStream', id, status: 5 }),
      () => control(4, [0]),
      () => control(9, [id, 65_536]),
      () => (random.once(6) ? peer.says({ kind: 'goAway', lastId: id, status: 0 }) : word(0x8003_0000)),
      () =>
        random.once(9) ? control(random.below(12), [id], [...random.bytes(random.below(40))]) : Buffer.of(),
    ];
    return Buffer.from(random.pick(kinds)());
  };
}

/** Cut into messages anywhere. */
function tunnel(fuzzed: Fuzzed, peers: Sides): Speaks {
  const inner = spdy(fuzzed, peers);
  return (random, from) => {
    const bytes = inner(random, from);
    const at = random.below(bytes.length + 1);
    return Buffer.concat(
      [bytes.subarray(0, at), bytes.subarray(at)].map((payload) => frame(from, { opcode: BINARY, payload })),
    );
  };
}
