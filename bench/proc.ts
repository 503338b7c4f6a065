// What Linux says about a process in /proc, read from its text: CPU time, memory, the moment of its start.
// Source: proc(5); USER_HZ is 100 on every architecture that Node runs on.
const TICK_MS = 10;
const MIB_IN_KIB = 1024;

/** Fields of /proc/<pid>/stat after the name, which may hold spaces and brackets itself; the first is field 3. */
function fieldsAfterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function field(stat: string, number: number): number {
  const value = Number(fieldsAfterName(stat)[number - 3]);
  if (!Number.isInteger(value)) throw new Error(`/proc/<pid>/stat has no field ${number}: ${stat}`);
  return value;
}

/** User and system time of all threads of a process, in milliseconds. */
export function cpuMs(stat: string): number {
  return (field(stat, 14) + field(stat, 15)) * TICK_MS;
}

/** How long after the machine's boot it was started, in milliseconds. */
export function startedMs(stat: string): number {
  return field(stat, 22) * TICK_MS;
}

/** The sum of the named lines of a `Name:   123 kB` file, in MiB. Throws where one is missing. */
function mib(text: string, ...names: readonly string[]): number {
  const kib = names.map((name) => {
    const [, value] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
    if (value === undefined) throw new Error(`there is no ${name} in:\n${text}`);
    return Number(value);
  });
  return kib.reduce((sum, value) => sum + value, 0) / MIB_IN_KIB;
}

export interface Memory {
  /** Resident, MiB: with the pages that other processes share (Node's own binary, above all). */
  readonly rss: number;
  /** Of it what nobody shares: what one more such process costs. */
  readonly private: number;
}

/** Of /proc/<pid>/smaps_rollup. */
export function memory(smapsRollup: string): Memory {
  return { rss: mib(smapsRollup, 'Rss'), private: mib(smapsRollup, 'Private_Clean', 'Private_Dirty') };
}

/** The highest that RSS has been, MiB; of /proc/<pid>/status. */
export function peakRss(status: string): number {
  return mib(status, 'VmHWM');
}

/** Of /proc/<pid>/environ or cmdline: strings that each end with a NUL. */
export function strings(text: string): string[] {
  return text.split('\0').slice(0, -1);
}
