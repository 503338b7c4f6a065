import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { compilePatterns } from '../masking/patterns/compile.ts';
import { SILENCE_MS } from '../masking/patterns/live.ts';
import { textsHidden } from '../masking/patterns/wall.ts';
import { SPDY_COMMAND_PROTOCOLS } from '../streams/channels.ts';
import type { RecordingEvent } from '../streams/recording/recorded.ts';
import type { Channel } from '../streams/relay.ts';
import { createCommandTap } from './command-tap.ts';
import { keyedHash } from './keyed-hash.ts';
import type { Turns } from './turns.ts';

const patterns = compilePatterns({
  wellKnown: true,
  patterns: [{ name: 'pin', pattern: 'pin=(?P<hide>[0-9]+)' }],
});
const wall = textsHidden({ hash: keyedHash(Buffer.alloc(32)), patterns, behindSecrets: false });
const PIN = 'pin=(hidden by chaperone: pin)';

const AT_ONCE: Turns = { run: (step) => step() };

function tapOn({
  hides = true,
  version = 'v4.channel.k8s.io',
  room = () => true as boolean,
  turns = AT_ONCE,
} = {}) {
  const recorded: RecordingEvent[] = [];
  const said: string[] = [];
  const hold = vi.fn(room);
  const onNoRoom = vi.fn();
  let hidden = 0;
  const protocol = SPDY_COMMAND_PROTOCOLS.get(version) ?? expect.fail();
  const tapped = createCommandTap({
    protocol,
    hiding: hides ? { patterns, wall } : undefined,
    hold: () => hold,
    turns,
    record: (event) =>
      recorded.push(event.kind === 'data' ? { ...event, bytes: event.bytes.slice() } : event),
    say: (channel, bytes) => said.push(`${channel} ${Buffer.from(bytes)}`),
    onHidden: (values) => {
      hidden += values;
    },
    onNoRoom,
  });
  const text = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString();
  return {
    ...tapped,
    ...{ recorded, said, hold, onNoRoom },
    account: tapped.said,
    hidden: () => hidden,
    data: (channel: Channel, bytes: string) => text(tapped.tap.data(channel, Buffer.from(bytes))),
    closed: (channel: Channel) => text(tapped.tap.closed(channel)),
    heard: (channel: Channel) =>
      recorded
        .flatMap((event) =>
          event.kind === 'data' && event.channel === channel ? Buffer.from(event.bytes) : [],
        )
        .join(''),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('what a command says', () => {
  test('passes at once and untouched where nothing is hidden, and is counted and recorded', () => {
    const tap = tapOn({ hides: false });
    expect(tap.data('stdout', 'pin=1')).toBe('pin=1');
    expect(tap.data('stdin', 'ls\n')).toBe('ls\n');
    expect(tap.data('resize', '{"Width":80,"Height":24}')).toBe('{"Width":80,"Height":24}');
    expect(tap.data('error', '{"status":"Success"}')).toBe('{"status":"Success"}');
    expect(tap.closed('error')).toBe('');
    expect(tap.account).toEqual({ fromAgent: 3, fromServer: 5, exit: '0' });
    expect(tap.recorded.map(({ kind }) => kind)).toEqual(['data', 'data', 'resize', 'exit']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('goes out by lines with what is hidden of it, and is recorded as the agent sees it', () => {
    const tap = tapOn();
    expect(tap.data('stdout', 'a pi')).toBe('');
    expect(tap.data('stdout', 'n=12')).toBe('');
    expect(tap.data('stderr', 'pin=3\n')).toBe(`${PIN}\n`);
    expect(tap.data('stdout', '34\n')).toBe(`a ${PIN}\n`);
    expect(tap.heard('stdout')).toBe(`a ${PIN}\n`);
    expect(tap.account.fromServer).toBe(`a ${PIN}\n${PIN}\n`.length);
    expect(tap.hidden()).toBe(2);
  });

  test('goes out of a line that is not whole once it is silent, and what completes a match is hidden', () => {
    const tap = tapOn();
    tap.data('stdout', 'enter pin=1');
    vi.advanceTimersByTime(SILENCE_MS - 1);
    expect(tap.data('stdout', '2')).toBe('');
    vi.advanceTimersByTime(SILENCE_MS - 1);
    expect(tap.said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(tap.said).toEqual([`stdout enter ${PIN}`]);
    expect(tap.data('stdout', '34\n')).toBe('\n');
    expect(tap.heard('stdout')).toBe(`enter ${PIN}\n`);
  });

  test('goes out after a silence when its turn comes, unless something was said meanwhile', () => {
    const waiting: (() => void)[] = [];
    const tap = tapOn({ turns: { run: (step) => waiting.push(step) } });
    tap.data('stdout', '$ ');
    vi.advanceTimersByTime(SILENCE_MS);
    expect([tap.said, waiting.length]).toEqual([[], 1]);
    tap.data('stdout', 'pin=');
    waiting.shift()?.();
    expect(tap.said).toEqual([]);
    vi.advanceTimersByTime(SILENCE_MS);
    waiting.shift()?.();
    expect(tap.said).toEqual(['stdout $ pin=']);
    tap.data('stdout', '1');
    vi.advanceTimersByTime(SILENCE_MS);
    tap.end();
    waiting.shift()?.();
    expect(tap.said).toHaveLength(1);
  });

  test('waits for a longer silence after one in which a long line took long to look at', () => {
    const tap = tapOn();
    const now = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(SILENCE_MS);
    tap.data('stdout', 'a');
    vi.advanceTimersByTime(SILENCE_MS);
    now.mockRestore();
    tap.data('stdout', 'b');
    vi.advanceTimersByTime(2 * SILENCE_MS);
    expect(tap.said).toEqual(['stdout a']);
    vi.runAllTimers();
    expect(tap.said).toEqual(['stdout a', 'stdout b']);
  });

  test.each([
    ['what a pattern finds', 'login pin=1234; '],
    ['the beginning of a private key', ': -----BEGIN PRIVATE KEY-----\ncat /etc/shadow\n'],
  ])('is recorded as it was typed, at once, also behind %s', (_what, typed) => {
    const tap = tapOn();
    expect(tap.data('stdin', typed)).toBe(typed);
    expect(tap.heard('stdin')).toBe(typed);
    expect(tap.account.fromAgent).toBe(typed.length);
    expect(tap.data('stdin', 'rm')).toBe('rm');
    expect(tap.closed('stdin')).toBe('');
    expect(tap.heard('stdin')).toBe(`${typed}rm`);
    expect([tap.hidden(), vi.getTimerCount()]).toEqual([0, 0]);
  });
});

test('of a terminal only its sizes go on, as they are recorded', () => {
  const tap = tapOn();
  expect(tap.data('resize', '{"Width":1,"x":{"Height": 24,')).toBe('');
  expect(tap.data('resize', ' "Width": 80}}{"Width":65536,"Height":1}{"Width":2,"Height":3}\n')).toBe(
    '{"Width":80,"Height":24}{"Width":2,"Height":3}',
  );
  expect(tap.data('resize', '}'.repeat(1000)) + tap.closed('resize')).toBe('');
  expect(tap.recorded).toEqual([
    { kind: 'resize', columns: 80, rows: 24 },
    { kind: 'resize', columns: 2, rows: 3 },
  ]);
});

describe('how a command ended', () => {
  const status = (message: string) => JSON.stringify({ kind: 'Status', status: 'Failure', message });

  test('is shown as any Status is, however it was cut', () => {
    const tap = tapOn();
    const said = [...status('no "pin=12" there')].map((byte) => tap.data('error', byte)).join('');
    expect(JSON.parse(said)).toEqual(JSON.parse(status(`no "${PIN}" there`)));
    expect(tap.closed('error')).toBe('');
    expect(tap.account.exit).toBe(`no "${PIN}" there`);
    expect(tap.hidden()).toBe(1);
  });

  test('is shown in words below v4, whenever they end, and where it is no Status', () => {
    const older = tapOn({ version: 'v3.channel.k8s.io' });
    expect(older.data('error', 'it failed: pin=1')).toBe('');
    vi.advanceTimersByTime(10 * SILENCE_MS);
    expect(older.closed('error')).toBe(`it failed: ${PIN}`);
    expect(older.account.exit).toBe(`it failed: ${PIN}`);
    const broken = tapOn();
    expect(broken.data('error', '{"message":"pin=1') + broken.closed('error')).toBe(`{"message":"${PIN}`);
    expect(broken.data('error', 'x'.repeat(65 * 1024)) + broken.closed('error')).toBe('');
  });

  test('is recorded also where the channel was never closed, and where it was cut', () => {
    const tap = tapOn();
    tap.data('error', status('gone'));
    tap.data('stdout', 'half a li');
    tap.end();
    expect(tap.account.exit).toBe('gone');
    expect(tap.heard('stdout')).toBe('half a li');
    tap.cut({ message: 'it ends', status: '{}' }, 'stderr');
    expect(tap.heard('stderr')).toBe('it ends\n');
    expect(tap.recorded.at(-1)).toEqual({ kind: 'exit', status: 'it ends' });
    expect(vi.getTimerCount()).toBe(0);
    expect(tap.hold).toHaveBeenLastCalledWith(0);
  });
});

test('where there is no room for a line nothing more of its channel is shown', () => {
  const tap = tapOn({ room: () => false });
  expect(tap.data('stdout', 'pin=1')).toBe('');
  expect(tap.data('stdout', '2\n')).toBe('');
  vi.runAllTimers();
  expect(tap.closed('stdout')).toBe('');
  expect(tap.said).toEqual([]);
  expect(tap.onNoRoom).toHaveBeenCalledTimes(1);
});
