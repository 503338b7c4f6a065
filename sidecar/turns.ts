// Turns of the event loop, shared by all streams: what they have to do is done in its order, and between two looks at timers and
// at other calls no more of it than a moment's work, however much an agent sends and in however small pieces.

/** A step that has begun goes to its end. Many turns fit into the second within which a stream is cut. */
export const TURN_MS = 20;

export interface Turns {
  /** Runs it now, or after those that wait in one of the next turns. What it throws, it throws here or at the process. */
  run(step: () => void): void;
}

/** `now`: monotonic ms. */
export function createTurns(now: () => number): Turns {
  const waiting: (() => void)[] = [];
  let spentMs = 0;
  let isTurnToCome = false;

  function work(step: () => void): void {
    if (!isTurnToCome) setImmediate(turn);
    isTurnToCome = true;
    const beganMs = now();
    step();
    spentMs += now() - beganMs;
  }

  function turn(): void {
    isTurnToCome = false;
    spentMs = 0;
    while (spentMs < TURN_MS) {
      const step = waiting.shift();
      if (step === undefined) return;
      work(step);
    }
  }

  return {
    run(step) {
      if (waiting.length === 0 && spentMs < TURN_MS) return work(step);
      waiting.push(step);
    },
  };
}
