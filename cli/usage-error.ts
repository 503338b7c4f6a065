// What a person got wrong on the command line or in a file it names: one line, exit 64 (EX_USAGE of sysexits).

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const EXIT_USAGE = 64;
