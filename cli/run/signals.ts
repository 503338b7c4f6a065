// The signals that `chaperone run` gets while there is something to clean up: none of them ends us by itself, and each is
// given to whoever takes them, also those that came before.
import { readFileSync } from 'node:fs';

export interface Signals {
  /** `byTerminal`: the terminal has sent it to every process in its foreground, the command too. */
  takenBy(take: (signal: NodeJS.Signals, byTerminal: boolean) => void): void;
  release(): void;
}

const CAUGHT = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
/** Ctrl-C, Ctrl-\ and a terminal that is closed. */
const OF_TERMINALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP'];

export function catchSignals(): Signals {
  const early: NodeJS.Signals[] = [];
  let take: ((signal: NodeJS.Signals, byTerminal: boolean) => void) | undefined;
  const caught = (signal: NodeJS.Signals): void => {
    if (take === undefined) early.push(signal);
    else take(signal, OF_TERMINALS.includes(signal) && isInForeground());
  };
  for (const signal of CAUGHT) process.on(signal, caught);
  return {
    takenBy(taker) {
      take = taker;
      for (const signal of early.splice(0)) taker(signal, false);
    },
    release() {
      for (const signal of CAUGHT) process.off(signal, caught);
    },
  };
}

/**
 * Whether we are in the foreground of a terminal. No system says of a signal who sent it in a way that Node passes on;
 * fields 5 (pgrp) and 8 (tpgid) of proc(5) stat come closest. Where there is no /proc, a standard stream that is a
 * terminal has to do.
 */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  }
}
