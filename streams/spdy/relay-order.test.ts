// Whatever two sides say in whatever order, each hears of every stream what the other said until it ended it, and no more.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Side } from '../relay.ts';
import type { Frame } from './frame.ts';
import { createSpdyRelay } from './relay.ts';
import { bytes, createPeer, cutAt, inflate, type Peer } from './test-peer.ts';
import { data, fin, open, reply, rst } from './test-relay.ts';

type Step = { readonly from: Side; readonly frame: Frame };

const side = fc.constantFrom<Side>('agent', 'server');
/** On the nth of the streams that are open by then. */
const said = fc.record({
  from: side,
  nth: fc.nat(5),
  say: fc.constantFrom('data', 'data', 'data', 'fin', 'reply', 'rst', 'open', 'ping'),
  text: fc.stringMatching(/^[a-z]{1,5}$/),
});

/** Only what a side may say. */
function stepsOf(all: readonly (typeof said extends fc.Arbitrary<infer T> ? T : never)[]): readonly Step[] {
  let last = -1;
  return all.flatMap(({ from, nth, say, text }): readonly Step[] => {
    if (say === 'open') {
      last += 2;
      return [{ from: 'agent', frame: open(last, text) }];
    }
    if (say === 'ping') return [{ from, frame: { kind: 'ping', id: nth + 1 } }];
    if (last < 0) return [];
    const id = 2 * (nth % ((last + 1) / 2)) + 1;
    if (say === 'reply') return [{ from: 'server', frame: reply(id) }];
    return [{ from, frame: say === 'data' ? data(id, text) : say === 'fin' ? fin(id) : rst(id) }];
  });
}

/** By side and stream, what it says until it or the other ends that. */
function toldBy(steps: readonly Step[]): Map<string, string> {
  const told = new Map<string, string>();
  const silent = new Set<string>();
  for (const { from, frame } of steps) {
    if (frame.kind === 'ping' || frame.kind === 'goAway' || frame.kind === 'synReply') continue;
    const key = `${from} ${frame.id}`;
    if (frame.kind === 'rstStream') for (const each of ['agent', 'server']) silent.add(`${each} ${frame.id}`);
    if (frame.kind === 'data' && !silent.has(key)) {
      told.set(key, (told.get(key) ?? '') + Buffer.from(frame.bytes).toString());
    }
    if (frame.kind === 'fin') silent.add(key);
  }
  return told;
}

function heardBy(heard: Record<Side, readonly Frame[]>): Map<string, string> {
  const all = new Map<string, string>();
  for (const from of ['agent', 'server'] as const) {
    for (const frame of heard[from === 'agent' ? 'server' : 'agent']) {
      if (frame.kind !== 'data') continue;
      const key = `${from} ${frame.id}`;
      all.set(key, (all.get(key) ?? '') + Buffer.from(frame.bytes).toString());
    }
  }
  return all;
}

function relayed(steps: readonly Step[], cuts: readonly number[]) {
  const gone: string[] = [];
  const opened: string[] = [];
  const relay = createSpdyRelay<string>(inflate, {
    opened(id, headers) {
      opened.push(`${id} ${headers.get('name')}`);
      return { kind: 'opened', stream: `${id} ${headers.get('name')}` };
    },
    data: (_stream, _from, piece) => [piece],
    finished: () => [],
    gone: (stream) => gone.push(stream),
  });
  const peers: Record<Side, Peer> = { agent: createPeer(), server: createPeer() };
  const heard: Record<Side, Frame[]> = { agent: [], server: [] };
  for (const { from, frame } of steps) {
    for (const chunk of cutAt(peers[from].says(frame), cuts)) {
      const passed = relay.read(from, chunk);
      if (passed.kind === 'fault') throw new Error(passed.why);
      heard.agent.push(...peers.agent.hears(passed.toAgent));
      heard.server.push(...peers.server.hears(passed.toServer));
    }
  }
  relay.ended('agent');
  return { heard, gone: gone.sort(), opened: opened.sort() };
}

test('each side hears what the other said on every stream until its end, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 40 }), fc.array(fc.nat(), { maxLength: 4 }), (all, cuts) => {
      const steps = stepsOf(all);
      const { heard, gone, opened } = relayed(steps, cuts);
      expect(heardBy(heard)).toEqual(toldBy(steps));
      expect(gone).toEqual(opened);
      for (const frames of Object.values(heard)) expectNothingBehindAnEnd(frames);
      const opens = heard.server.filter(({ kind }) => kind === 'synStream');
      expect(opens).toEqual(steps.map(({ frame }) => frame).filter(({ kind }) => kind === 'synStream'));
    }),
  );
});

function expectNothingBehindAnEnd(frames: readonly Frame[]): void {
  const ended = new Set<number>();
  const reset = new Set<number>();
  for (const frame of frames) {
    if (frame.kind !== 'data' && frame.kind !== 'fin' && frame.kind !== 'rstStream') continue;
    expect(reset.has(frame.id)).toBe(false);
    expect(frame.kind !== 'rstStream' && ended.has(frame.id)).toBe(false);
    if (frame.kind === 'fin') ended.add(frame.id);
    if (frame.kind === 'rstStream') reset.add(frame.id);
  }
}

test('any bytes are relayed or refused, never thrown over, and nothing follows the refusal', () => {
  const peer = createPeer();
  const real = [open(1, 'a'), data(1, 'x'), fin(1), rst(1)].map((frame) => peer.says(frame));
  const noise = fc.array(fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constantFrom(...real)), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(noise, side, (chunks, from) => {
      const relay = createSpdyRelay<number>(inflate, {
        opened: (id) => ({ kind: 'opened', stream: id }),
        data: (_stream, _from, piece) => [piece],
        finished: () => [bytes('end')],
        gone: () => {},
      });
      const answers = chunks.map((chunk) => relay.read(from, chunk));
      const fault = answers.findIndex(({ kind }) => kind === 'fault');
      for (const after of fault < 0 ? [] : answers.slice(fault + 1)) {
        expect(after).toEqual({ kind: 'passed', toAgent: [], toServer: [], over: true });
      }
    }),
  );
});
