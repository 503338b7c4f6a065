// One trace a command: the span under which the calls of one client invocation stand. It is opened by the first
// call and ends with the last one, which is known when no other came for a while. Bounded in commands and in calls.
import { type Context, ROOT_CONTEXT, type Span, type Tracer, trace } from '@opentelemetry/api';
import { type Command, callAttributes } from './attributes.ts';

export interface Commands {
  /** Where a call's span goes, and what to say when that call has ended, with its end time. */
  begin(command: Command): { readonly parent: Context; ended(at: EndTime): void };
  /** Ends all, as at the end of their last calls. */
  close(): void;
}

/** Seconds and nanoseconds, as the SDK keeps them. */
export type EndTime = [number, number];

interface Open {
  readonly span: Span;
  calls: number;
  underWay: number;
  lastEnd: EndTime | undefined;
  idle: NodeJS.Timeout | undefined;
}

// Longer than kubectl and Helm pause between two calls, shorter than a person between two commands.
export const IDLE_MS = 2000;
// More clients than one pod runs at once.
export const MAX_OPEN_COMMANDS = 128;
// A client that never closes its connection begins a new trace here: trace stores refuse endless ones.
export const MAX_COMMAND_CALLS = 1000;

export function createCommands(tracer: Tracer): Commands {
  // A command that was taken out takes no further call, and ends with those that are under way.
  const open = new Map<string, Open>();

  function takeOut(key: string, it: Open): void {
    open.delete(key);
    if (it.underWay === 0) end(it);
  }

  function opened(command: Command, key: string): Open {
    if (open.size >= MAX_OPEN_COMMANDS) {
      const all = [...open];
      const [oldest] = all.filter(([, it]) => it.underWay === 0).concat(all);
      if (oldest !== undefined) takeOut(...oldest);
    }
    const span = tracer.startSpan('command', { root: true, attributes: callAttributes(command) });
    const it: Open = { span, calls: 0, underWay: 0, lastEnd: undefined, idle: undefined };
    open.set(key, it);
    return it;
  }

  return {
    begin(command) {
      const key = JSON.stringify([command.caller, command.command]);
      const it = open.get(key) ?? opened(command, key);
      clearTimeout(it.idle);
      it.calls += 1;
      it.underWay += 1;
      if (it.calls === MAX_COMMAND_CALLS) takeOut(key, it);
      return {
        parent: trace.setSpan(ROOT_CONTEXT, it.span),
        ended(at) {
          it.underWay -= 1;
          it.lastEnd = at;
          if (it.underWay > 0) return;
          if (open.get(key) !== it) end(it);
          else it.idle = setTimeout(takeOut, IDLE_MS, key, it).unref();
        },
      };
    },
    close() {
      for (const it of open.values()) end(it);
      open.clear();
    },
  };
}

function end(it: Open): void {
  clearTimeout(it.idle);
  if (it.span.isRecording()) it.span.end(it.lastEnd);
}
