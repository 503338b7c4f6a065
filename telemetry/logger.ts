// What a process says about itself: one JSON object a line on stderr (stdout belongs to the record). Takes scalars
// and errors and prints nothing else, so that no body, header or token gets in by accident; lines are bounded.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Scalars are printed, an Error is described without its message unless the system made it, the rest is left out. */
export type LogFields = Readonly<Record<string, unknown>>;

export type Logger = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>;

export interface LoggerOptions {
  /** Which part speaks: sidecar, controller, cli. */
  readonly component: string;
  /** The least level that is printed; info unless given. */
  readonly level?: LogLevel;
  /** Takes one line with its newline; stderr unless given. */
  readonly write?: (line: string) => void;
}

// A line that fits a pipe's atomic write (PIPE_BUF) is never torn by another writer on the same stderr.
const MAX_LINE_BYTES = 4096;
const MAX_TEXT_CHARACTERS = 512;

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export function createLogger({ component, level = 'info', write = toStderr }: LoggerOptions): Logger {
  function at(here: LogLevel) {
    if (LEVELS.indexOf(here) < LEVELS.indexOf(level)) return () => {};
    return (message: string, fields: LogFields = {}) => {
      const head = { time: new Date().toISOString(), level: here, component, message: cut(message) };
      const line = JSON.stringify({ ...head, ...printable(fields), ...head });
      const fits = Buffer.byteLength(line) < MAX_LINE_BYTES;
      write(`${fits ? line : JSON.stringify({ ...head, truncated: true })}\n`);
    };
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function printable(fields: LogFields): Record<string, string | number | boolean> {
  const shown: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Error) {
      for (const [part, text] of Object.entries(described(value))) shown[`${name}.${part}`] = text;
    } else if (typeof value === 'string') shown[name] = cut(value);
    else if (typeof value === 'number' || typeof value === 'boolean') shown[name] = value;
  }
  return shown;
}

// Messages quote what failed: a parser its input, an API client the body. Those that Node makes of a failed system
// call (they have errno) name a file or an address. Where it happened says the rest.
function described(error: Error): Record<string, string> {
  const { code, errno } = error as NodeJS.ErrnoException;
  const stack = error.stack ?? '';
  const message = stack.indexOf(error.message);
  const trace = message === -1 ? '' : stack.slice(message + error.message.length);
  const frames = trace.split('\n').filter((line) => /^ {4}at /.test(line));
  return {
    type: cut(error.name),
    ...(typeof code === 'string' ? { code: cut(code) } : {}),
    ...(typeof errno === 'number' ? { message: cut(error.message) } : {}),
    at: cut(frames.slice(0, 3).join(' < ').replace(/ +/g, ' ').trim()),
  };
}

const cut = (text: string) =>
  text.length > MAX_TEXT_CHARACTERS ? `${text.slice(0, MAX_TEXT_CHARACTERS)}…` : text;

let stderrWatched = false;

function toStderr(line: string): void {
  if (!stderrWatched) {
    stderrWatched = true;
    // A reader that went away must not take the process with it.
    process.stderr.on('error', () => {});
  }
  process.stderr.write(line);
}
