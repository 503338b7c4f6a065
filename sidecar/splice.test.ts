import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Passed, Relay, Side } from '../streams/relay.ts';
import { type SpliceParts, splice } from './splice.ts';
import { type Connection, connection } from './test-streams.ts';
import { createTurns, TURN_MS } from './turns.ts';

const NOTHING: Passed = { kind: 'passed', toAgent: [], toServer: [], over: false };
const to = (side: Side, ...pieces: Uint8Array[]): Passed =>
  side === 'agent' ? { ...NOTHING, toAgent: pieces } : { ...NOTHING, toServer: pieces };
const utf8 = (text: string) => Buffer.from(text);

/** What comes from one side goes to the other, and nothing ends it but its two ends. */
const through: Relay = {
  read: (from, chunk) => to(from === 'agent' ? 'server' : 'agent', chunk),
  ended: () => NOTHING,
  end: ({ message }) => ({ ...to('agent', utf8(message)), over: true }),
};

let agent: Connection;
let server: Connection;
beforeEach(async () => {
  [agent, server] = await Promise.all([connection(), connection()]);
});
afterEach(async () => {
  await agent[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const joining = (
  relay: Partial<Relay> = {},
  room: SpliceParts['room'] = () => undefined,
  stands: SpliceParts['stands'] = () => true,
  turns: SpliceParts['turns'] = createTurns(() => performance.now()),
) =>
  splice({
    relay: { ...through, ...relay },
    sockets: { agent: agent.near, server: server.near },
    ...{ room, stands, turns },
  });
const saidTo = ({ heard }: Connection) => Buffer.concat(heard).toString();
const last = { message: 'it ends', status: '{}' };

describe('a splice', () => {
  test('carries what comes from each side, also what came before it stood', async () => {
    agent.near.unshift(utf8('early '));
    server.far.write('sooner ');
    await once(server.near, 'readable');
    joining();
    agent.far.write('later');
    server.far.write('or later');
    await vi.waitFor(() => {
      expect(saidTo(server)).toBe('early later');
      expect(saidTo(agent)).toBe('sooner or later');
    });
  });

  test('carries every byte once and in order, however it is cut and whoever waits', async () => {
    joining({}, () => (Math.random() < 0.2 ? new Promise((resolve) => setTimeout(resolve, 1)) : undefined));
    const sent: Record<Side, Buffer[]> = { agent: [], server: [] };
    const said = fc.array(
      fc.tuple(fc.constantFrom<Side>('agent', 'server'), fc.uint8Array({ maxLength: 90_000 })),
      {
        maxLength: 12,
      },
    );
    await fc.assert(
      fc.asyncProperty(said, async (pieces) => {
        for (const [side, bytes] of pieces) {
          sent[side].push(Buffer.from(bytes));
          (side === 'agent' ? agent : server).far.write(bytes);
        }
        const sizes = (all: Buffer[]) => all.reduce((sum, { length }) => sum + length, 0);
        await vi.waitFor(() => {
          expect(sizes(server.heard)).toBe(sizes(sent.agent));
          expect(sizes(agent.heard)).toBe(sizes(sent.server));
        });
      }),
      { numRuns: 30 },
    );
    expect(Buffer.concat(server.heard).equals(Buffer.concat(sent.agent))).toBe(true);
    expect(Buffer.concat(agent.heard).equals(Buffer.concat(sent.server))).toBe(true);
  });

  test.each(['agent', 'server'] as const)(
    'reads no faster from the %s than the other side takes it',
    async (from) => {
      const [source, sink] = from === 'agent' ? [agent, server] : [server, agent];
      sink.far.pause();
      joining();
      const piece = Buffer.alloc(64 * 1024, 'x');
      let sent = 0;
      const full = () => sink.near.writableNeedDrain && source.near.isPaused();
      while (!full()) {
        source.far.write(piece);
        sent += piece.length;
        await new Promise(setImmediate);
      }
      expect(sink.near.writableLength).toBeLessThan(1024 * 1024);
      // The other way still goes.
      sink.far.write('still here');
      await vi.waitFor(() => expect(saidTo(source)).toBe('still here'));
      sink.far.resume();
      await vi.waitFor(() => expect(Buffer.concat(sink.heard).length).toBe(sent));
    },
  );

  test('is not read while what answers it is not taken', async () => {
    agent.far.pause();
    joining({ read: (from, chunk) => to(from, chunk) });
    const piece = Buffer.alloc(64 * 1024, 'x');
    while (!agent.near.isPaused()) {
      agent.far.write(piece);
      await new Promise(setImmediate);
    }
    expect(agent.near.writableLength).toBeLessThan(1024 * 1024);
  });

  test('is read on when there is room again', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    joining({}, () => promise);
    agent.far.write('one');
    await vi.waitFor(() => expect(saidTo(server)).toBe('one'));
    expect(agent.near.isPaused()).toBe(true);
    agent.far.write('two');
    resolve();
    await vi.waitFor(() => expect(saidTo(server)).toBe('onetwo'));
  });
});

describe('what is read after its permit has ended', () => {
  test('goes nowhere, however late a timer is', async () => {
    const standing = [true, false];
    const { ended, cut } = joining(
      {},
      () => undefined,
      () => {
        const stands = standing.shift() ?? false;
        if (!stands) cut(last);
        return stands;
      },
    );
    agent.far.write(Buffer.alloc(16 * 1024, 'a'));
    agent.far.write(Buffer.alloc(16 * 1024, 'b'));
    expect(await ended).toEqual({ kind: 'cut' });
    await vi.waitFor(() => expect(saidTo(agent)).toBe('it ends'));
    expect(saidTo(server)).toMatch(/^a*$/);
  });

  test('of one chunk too', async () => {
    const heard: number[] = [];
    const { ended, cut } = joining(
      {
        read(_from, chunk) {
          heard.push(chunk.length);
          return NOTHING;
        },
      },
      () => undefined,
      () => {
        if (heard.length === 2) cut(last);
        return heard.length < 2;
      },
    );
    agent.near.unshift(Buffer.alloc(100_000));
    await ended;
    expect(heard).toEqual([16 * 1024, 16 * 1024]);
  });
});

test('a chunk that is much work leaves turns to others', async () => {
  let turns = 0;
  const look = (): void => {
    turns += 1;
    if (left > 0) setImmediate(look);
  };
  let left = 6;
  const busy = (): Passed => {
    const beganMs = performance.now();
    while (performance.now() - beganMs < TURN_MS);
    left -= 1;
    return NOTHING;
  };
  joining({ read: busy });
  agent.near.unshift(Buffer.alloc(left * 16 * 1024));
  setImmediate(look);
  await vi.waitFor(() => expect(left).toBe(0));
  expect(turns).toBeGreaterThanOrEqual(4);
});

describe('the end of a splice', () => {
  test('comes when a side ends, with all that it said before', async () => {
    const { ended } = joining();
    const told = Promise.all([once(agent.far, 'end'), once(server.far, 'end')]);
    server.far.end('the last of it');
    expect(await ended).toEqual({ kind: 'over', by: 'server' });
    await told;
    expect(saidTo(agent)).toBe('the last of it');
  });

  test.each(['agent', 'server'] as const)('comes when the connection of the %s breaks', async (side) => {
    const [broken, other] = side === 'agent' ? [agent, server] : [server, agent];
    const { ended } = joining({
      ended: () => to(side === 'agent' ? 'server' : 'agent', utf8('it went')),
    });
    const told = once(other.far, 'end');
    broken.far.destroy();
    expect(await ended).toEqual({ kind: 'over', by: side });
    await told;
    expect(saidTo(other)).toBe('it went');
  });

  test('comes where a connection had gone before it stood', async () => {
    const gone = once(agent.near, 'close');
    agent.near.on('error', () => {}).destroy();
    await gone;
    const told = once(server.far, 'end');
    expect(await joining().ended).toEqual({ kind: 'over', by: 'agent' });
    await told;
  });

  test('comes with what the relay says is all', async () => {
    const { ended } = joining({ read: () => ({ ...to('agent', utf8('all')), over: true }) });
    const told = Promise.all([once(agent.far, 'end'), once(server.far, 'end')]);
    server.far.write('x');
    expect(await ended).toEqual({ kind: 'over', by: 'server' });
    await told;
    expect(saidTo(agent)).toBe('all');
  });

  test('comes with a last message when it is cut, and only once', async () => {
    const { ended, cut, send } = joining();
    const told = Promise.all([once(agent.far, 'end'), once(server.far, 'end')]);
    cut(last);
    cut(last);
    send(() => to('agent', utf8('too late')));
    expect(await ended).toEqual({ kind: 'cut' });
    await told;
    expect(saidTo(agent)).toBe('it ends');
  });

  test('waits until what was said last is read, however slowly', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    agent.far.pause();
    joining({ ended: () => to('agent', utf8('exit 1')) });
    const piece = Buffer.alloc(64 * 1024, 'x');
    while (!(agent.near.writableNeedDrain && server.near.isPaused())) {
      server.far.write(piece);
      await new Promise(setImmediate);
    }
    // Its room is taken, and of what came last some stands in the connection.
    server.far.destroy();
    server.near.destroy();
    await once(server.near, 'close');
    vi.advanceTimersByTime(60_000);
    expect([agent.near.destroyed, agent.near.writableLength > 0]).toEqual([false, true]);
    agent.far.resume();
    await once(agent.far, 'end');
    expect(saidTo(agent).endsWith('exit 1')).toBe(true);
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(agent.near.destroyed).toBe(true));
  });

  test('is known when both connections are closed, which a cut hastens', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    agent.far.pause();
    const { ended, cut } = joining({
      read: () => ({ ...to('agent', Buffer.alloc(16 * 1024 * 1024)), over: true }),
    });
    let isKnown = false;
    void ended.then(() => {
      isKnown = true;
    });
    server.far.write('x');
    await vi.waitFor(() => expect(server.near.closed).toBe(true));
    vi.advanceTimersByTime(60_000);
    expect([isKnown, agent.near.destroyed]).toEqual([false, false]);
    cut(last);
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    expect(agent.near.destroyed).toBe(true);
    expect(await ended).toEqual({ kind: 'over', by: 'server' });
  });

  test('comes after what waits for its turn, however the connection broke', async () => {
    const waiting: (() => void)[] = [];
    const turns = { run: (step: () => void) => void waiting.push(step) };
    joining({ ended: () => to('agent', utf8(' and went')) }, undefined, undefined, turns);
    server.far.write('exit 1');
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const closed = once(server.near, 'close');
    server.near.destroy();
    await closed;
    for (const step of waiting) step();
    await vi.waitFor(() => expect(saidTo(agent)).toBe('exit 1 and went'));
  });

  test('lets nothing out of what the relay kept where it does not stand any more', async () => {
    const { ended, send } = joining({ ended: () => to('agent', utf8('kept')) }, undefined, () => false);
    send(() => to('agent', utf8('kept')));
    server.far.end();
    expect(await ended).toEqual({ kind: 'over', by: 'server' });
    expect(saidTo(agent)).toBe('');
  });

  test('waits for no side for ever', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    agent.far.pause();
    joining({ read: () => ({ ...to('agent', Buffer.alloc(16 * 1024 * 1024)), over: true }) });
    server.far.write('x');
    await vi.waitFor(() => expect(agent.near.writableEnded).toBe(true));
    vi.advanceTimersByTime(120_000);
    vi.useRealTimers();
    expect(agent.near.destroyed).toBe(true);
  });

  test('does not wait for a side that neither reads nor ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { cut } = joining();
    agent.far.pause();
    const closed = once(agent.near, 'close');
    cut(last);
    vi.runAllTimers();
    vi.useRealTimers();
    await closed;
  });

  test('breaks both connections off where one speaks no such protocol', async () => {
    const fault = { kind: 'fault', from: 'server', why: 'a frame is longer than its bound' } as const;
    const { ended } = joining({ read: () => fault });
    const broken = Promise.all([once(agent.near, 'close'), once(server.near, 'close')]);
    server.far.write('x');
    expect(await ended).toEqual({ kind: 'fault', by: 'server', why: fault.why });
    await broken;
    expect(saidTo(agent)).toBe('');
  });

  test.each(['read', 'sent'] as const)(
    'comes with what is thrown where it is %s, which ends nothing else',
    async (where) => {
      const error = new Error('inside');
      const fail = (): never => {
        throw error;
      };
      const { ended, send } = joining({ read: fail });
      if (where === 'read') agent.far.write('x');
      else send(fail);
      expect(await ended).toEqual({ kind: 'thrown', error });
    },
  );
});
