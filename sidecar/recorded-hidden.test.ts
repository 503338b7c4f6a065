import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { compilePatterns } from '../masking/patterns/compile.ts';
import { SILENCE_MS } from '../masking/patterns/live.ts';
import { textsHidden } from '../masking/patterns/wall.ts';
import { SPDY_COMMAND_PROTOCOLS } from '../streams/channels.ts';
import { createCast } from '../streams/recording/cast.ts';
import { SHELL } from '../streams/recording/test-streams.ts';
import { createCommandTap } from './command-tap.ts';
import { keyedHash } from './keyed-hash.ts';
import { spelling } from './recording-spelling.ts';

const patterns = compilePatterns({
  wellKnown: true,
  patterns: [{ name: 'pin', pattern: 'pin=(?P<hide>[0-9]+)' }],
});
const wall = textsHidden({ hash: keyedHash(Buffer.alloc(32)), patterns, behindSecrets: false });

const header = {
  id: '6b7f0a52-0c1e-4f5f-8f0e-000000000001',
  startedAtMs: 0,
  namespace: 'shop',
  pod: 'web',
  stream: SHELL,
} as const;

/** Lines of a recording whose room for output is full, then of what a command says piece by piece, with or without a silence. */
function recordingOf(pieces: readonly string[], isSlow: boolean): string[] {
  const cast = createCast(header, spelling);
  cast.write({ kind: 'data', channel: 'stdout', bytes: Buffer.alloc(2 ** 21, 'full\n') }, 0);
  cast.due(2000);
  const lines: string[] = [];
  const { tap, end } = createCommandTap({
    protocol: SPDY_COMMAND_PROTOCOLS.get('v4.channel.k8s.io') ?? expect.fail(),
    hiding: { patterns, wall },
    hold: () => () => true,
    turns: { run: (step) => step() },
    record: (event) => lines.push(...cast.write(event, 3000)),
    say() {},
    onHidden() {},
    onNoRoom() {},
  });
  for (const piece of pieces) {
    tap.data('stdout', Buffer.from(piece));
    // Each is a digest of its own: as short as one can be.
    if (isSlow) vi.advanceTimersByTime(SILENCE_MS);
    lines.push(...cast.due(5000));
  }
  end();
  return [...lines, ...cast.end(7000)];
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const cut = (text: string, at: readonly number[]) =>
  [0, ...at].map((from, next) => text.slice(from, at[next] ?? text.length));

test('what is told by digests is digested as the agent saw it', () => {
  const shown = 'pin=(hidden by chaperone: pin)\n';
  const sha256 = createHash('sha256').update(shown).digest('hex');
  expect(recordingOf(['pin=1234\n'], false)).toEqual([
    JSON.stringify([5, 'o#', `${shown.length} sha256:${sha256}`]),
  ]);
});

test('whoever reads digests cannot tell by them which value was hidden, however short and wherever cut', () => {
  const said = (value: string) => `login pin=${value} and on\n`;
  const digits = fc.stringMatching(/^[0-9]{4}$/);
  const places = fc
    .uniqueArray(fc.nat({ max: said('0000').length }), { maxLength: 4 })
    .map((at) => at.sort((a, b) => a - b));
  fc.assert(
    fc.property(digits, digits, places, fc.boolean(), (one, other, at, isSlow) => {
      const [first, second] = [one, other].map((value) => recordingOf(cut(said(value), at), isSlow));
      expect(first).toEqual(second);
      expect(first?.join()).toContain('o#');
    }),
    { numRuns: 60 },
  );
});
