// Something done again and again: one pass at a time, soon again after a failure, at once when poked.
// Everything that the controller keeps true in the API server is a pass that may be repeated at any time.
import type { Logger } from '../../telemetry/logger.ts';

const AFTER_FAILURE_MS = 1_000;
/** A busy poker must not turn a loop into a spin; two passes are at least this far apart. */
const LEAST_PAUSE_MS = 20;

export interface Loop {
  /** A pass begins now, or as soon as the one under way is over. */
  poke(): void;
  /** No pass begins any more; resolves when none is under way. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  /** For the log: what failed. */
  readonly what: string;
  /** Returns how many milliseconds until the next pass. */
  readonly pass: () => Promise<number>;
  readonly log: Logger;
}

export function startLoop({ what, pass, log }: LoopOptions): Loop {
  let stopped = false;
  let poked = false;
  let failing = false;
  let wake = () => {};

  async function attempt(): Promise<number> {
    try {
      const next = await pass();
      if (failing) log.info(`${what}: works again`);
      failing = false;
      return next;
    } catch (error) {
      if (!failing) log.warn(`${what}: failed, trying again`, { error });
      failing = true;
      return AFTER_FAILURE_MS;
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    while (!stopped) {
      poked = false;
      const next = await attempt();
      if (!stopped) await pause(LEAST_PAUSE_MS);
      if (!stopped && !poked) await pause(Math.max(0, next - LEAST_PAUSE_MS));
    }
  }

  const running = run();
  return {
    poke() {
      poked = true;
      wake();
    },
    stop() {
      stopped = true;
      wake();
      return running;
    },
  };
}
