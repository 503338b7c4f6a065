// For tests of what is bounded in time, on machines that others use too.

/** Of work that takes no more than 50 ms when it is warm. */
export const BOUND_MS = 300;

/** The CPU time of this process: that of others does not count. */
export function cpuMs(once: () => void): number {
  const before = process.cpuUsage();
  once();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
