// Durations as the kinds write them (`10m`, `8h`, `1h30m`): whole hours, minutes and seconds, in that order.
// A part of what Go's time.ParseDuration reads, so that every tool in the cluster reads them alike.

export const DURATION_PATTERN = /^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$/;

/** A week: longer access is not for a task. Below 2^31 ms, the longest wait a timer in JavaScript can have. */
export const MAX_DURATION_MS = 7 * 24 * 3_600_000;

/** As `parseDuration` reads it, in whole seconds, a part of one counting as one. */
export function printDuration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join('') || '0s';
}

/** Milliseconds; undefined for what is no duration, for zero, and for more than a week. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number.parseInt(part ?? '0', 10));
  const ms = ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
  return ms > 0 && ms <= MAX_DURATION_MS ? ms : undefined;
}
