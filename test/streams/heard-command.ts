// The channels of an exec or attach, and what a test has heard on each.
import { waitFor } from '../cluster/wait.ts';

export type CommandChannel = 'stdin' | 'stdout' | 'stderr' | 'error' | 'resize';
export const CHANNELS = ['stdin', 'stdout', 'stderr', 'error', 'resize'] as const;

const ARRIVES_WITHIN_MS = 20_000;

/** What is said on the channels of one command. */
export function heard() {
  const pieces: Record<CommandChannel, Buffer[]> = {
    stdin: [],
    stdout: [],
    stderr: [],
    error: [],
    resize: [],
  };
  let waiting: { readonly for: CommandChannel; readonly came: (atMs: number) => void } | undefined;
  const bytes = (channel: CommandChannel) => Buffer.concat(pieces[channel]);
  return {
    take(channel: CommandChannel, piece: Buffer): void {
      pieces[channel].push(piece);
      if (waiting?.for === channel && piece.length > 0) waiting.came(performance.now());
    },
    bytes,
    next: (channel: CommandChannel) =>
      new Promise<number>((came) => {
        waiting = { for: channel, came };
      }),
    until: (channel: CommandChannel, pattern: RegExp) =>
      waitFor({
        what: `${channel} to show ${pattern}`,
        timeoutMs: ARRIVES_WITHIN_MS,
        probe: () => (pattern.test(bytes(channel).toString()) ? bytes(channel).toString() : undefined),
        evidence: () => CHANNELS.map((one) => `${one}: ${bytes(one).subarray(-500)}`).join('\n'),
      }),
  };
}
