// Says every few seconds that something long is still going on, and for how long.
const EVERY_MS = 5_000;

/** Tells the seconds so far until the returned function is called. */
export function tellEveryFewSeconds(tell: (seconds: number) => void): () => void {
  const start = performance.now();
  const ticking = setInterval(() => tell(Math.round((performance.now() - start) / 1000)), EVERY_MS);
  return () => clearInterval(ticking);
}
