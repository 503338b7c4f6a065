// What recordings hold of lines that are not acknowledged, each and together: a controller that is slow must not fill the
// sidecar's memory with the streams of one agent.

/** Of all recordings; beyond it each of them says that it holds as much. */
const MAX_ALL_BYTES = 16 * 1024 * 1024;

export interface HeldBytes {
  share(): HeldShare;
}

export interface HeldShare {
  hold(bytes: number): void;
  release(bytes: number): void;
  /** All of it: nothing is held for this one any more, and nobody waits. */
  giveBack(): void;
  /** Of this one, or where all together hold too much, of all. */
  held(): number;
  /** Resolves when `held` is below it. */
  below(bytes: number): Promise<void>;
}

export function createHeldBytes(maxAllBytes = MAX_ALL_BYTES): HeldBytes {
  let all = 0;
  const waiting = new Set<() => void>();

  return {
    share() {
      let own = 0;
      let isOver = false;
      const held = () => (all >= maxAllBytes ? all : own);
      const take = (bytes: number): void => {
        own -= bytes;
        all -= bytes;
        for (const check of waiting) check();
      };
      return {
        held,
        hold(bytes) {
          own += bytes;
          all += bytes;
        },
        release: (bytes) => take(Math.min(bytes, own)),
        giveBack() {
          isOver = true;
          take(own);
        },
        below: (bytes) =>
          new Promise((resolve) => {
            const check = (): void => {
              if (held() >= bytes && !isOver) return;
              waiting.delete(check);
              resolve();
            };
            waiting.add(check);
            check();
          }),
      };
    },
  };
}
