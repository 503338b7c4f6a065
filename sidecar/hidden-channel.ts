// One channel of a command behind a policy's patterns: what goes on of it now, and, once it has been silent, of a line that is not
// whole. The clock is here.
import type { Hold } from '../masking/growing-bytes.ts';
import type { Failure, MaskedBytes } from '../masking/masker.ts';
import type { Patterns } from '../masking/patterns/compile.ts';
import { createLiveMasker, SILENCE_MS } from '../masking/patterns/live.ts';
import type { Turns } from './turns.ts';

export type Pieces = readonly Uint8Array[];

/** What goes on of a channel's bytes, in its order. */
export interface ShownChannel {
  write(bytes: Uint8Array): Pieces;
  /** Nothing comes after it. */
  end(): Pieces;
}

export interface HidingChannel {
  readonly patterns: Patterns;
  readonly hold: Hold;
  /** A silence takes its turn among all that streams do. */
  readonly turns: Turns;
  /** Takes what goes out after a silence; undefined: nothing does, for nobody waits for a line that is not whole. */
  readonly onSilence: ((pieces: Pieces) => void) | undefined;
  /** How many values were hidden, as they are. */
  readonly onHidden: (values: number) => void;
  /** Once: nothing more of the channel is shown. */
  readonly onNoRoom: () => void;
}

/** After a look at a long line that is not whole, so many times as long until the next. */
const PAUSES = 20;

/** A channel of which nothing is hidden. */
export const OPEN_CHANNEL: ShownChannel = { write: (bytes) => [bytes], end: () => [] };

export function createHiddenChannel(hiding: HidingChannel): ShownChannel {
  const masker = createLiveMasker(hiding.patterns, hiding.hold);
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = SILENCE_MS;
  let isSilent = false;
  let isMute = false;

  function shown(step: MaskedBytes | Failure): Pieces {
    if (step.kind === 'masked') {
      if (step.count > 0) hiding.onHidden(step.count);
      return step.chunks;
    }
    stop();
    hiding.onNoRoom();
    return [];
  }

  function stop(): void {
    isMute = true;
    clearTimeout(timer);
    hiding.hold(0);
  }

  /** Until its turn comes it may have been broken. */
  function silence(): void {
    if (isMute || !isSilent) return;
    isSilent = false;
    const beganMs = performance.now();
    const pieces = shown(masker.silence());
    pauseMs = Math.max(SILENCE_MS, PAUSES * (performance.now() - beganMs));
    if (pieces.length > 0) hiding.onSilence?.(pieces);
  }

  function wait(): void {
    isSilent = true;
    hiding.turns.run(silence);
  }

  return {
    write(bytes) {
      if (isMute) return [];
      isSilent = false;
      clearTimeout(timer);
      if (hiding.onSilence) timer = setTimeout(wait, pauseMs);
      return shown(masker.write(bytes));
    },
    end() {
      if (isMute) return [];
      const pieces = shown(masker.end());
      stop();
      return pieces;
    },
  };
}
