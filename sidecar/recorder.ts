// The two accounts of a call: a record that is kept before anything follows from the decision, and a span that is exported
// after the call ended. A stream has a second record, of its end. Neither holds a body or a token, nor of a query anything but the
// command and the ports of a stream.
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { CallFacts, Command } from '../telemetry/attributes.ts';
import type { Spans } from '../telemetry/spans.ts';
import type { Call } from './call.ts';
import { factsOf } from './call-facts.ts';
import { LineNotKept, type LineSink } from './line-sink.ts';

export interface CallEnd {
  /** The HTTP status that the agent got. */
  readonly status: number;
  readonly refusal: Refusal | undefined;
  /** Values hidden in the answer. */
  readonly masked: number;
}

/** The account of one call. */
export interface Account {
  /** Keeps the record of the decision. False: it could not be kept, and the call must not be made. */
  decided(refusal: Refusal | undefined): Promise<boolean>;
  /** Keeps what became of a stream, as a second record of its call. False: it could not be kept. */
  closed(): Promise<boolean>;
  ended(end: CallEnd): void;
}

export interface Recorder {
  /** Opens a call's account, as soon as its head has been read. */
  open(call: Call): Account;
}

export interface RecorderParts {
  /** The life of one agent pod, or of one run: the pod's UID. */
  readonly session: string;
  readonly records: LineSink;
  readonly spans: Spans;
  /** Told of every call that has ended. */
  readonly onEnd?: (facts: CallFacts) => void;
}

export function createRecorder({ session, records, spans, onEnd }: RecorderParts): Recorder {
  return {
    open(call) {
      const by: Command = { command: commandOf(call), caller: call.caller?.container };
      const traceparent = call.head?.headers.get('traceparent');
      const span = spans.startCall({ ...by, traceparent });
      const keep = async (refusal: Refusal | undefined): Promise<boolean> => {
        const facts = factsOf(call, refusal);
        const { traceId, spanId } = span;
        const time = new Date().toISOString();
        try {
          await records.keep(JSON.stringify({ time, session, ...by, traceId, spanId, ...facts }));
          return true;
        } catch (error) {
          if (error instanceof LineNotKept) return false;
          throw error;
        }
      };
      return {
        decided: keep,
        closed: () => keep(call.cutBy),
        ended({ status, refusal, masked }) {
          const facts = { ...factsOf(call, refusal), status, masked };
          span.end(facts);
          onEnd?.(facts);
        },
      };
    },
  };
}

/** Keeps the record of the decision before anything follows from it; what cannot be recorded is refused. */
export async function recorded<R extends Refusal | undefined>(
  account: Account,
  call: Call,
  refusal: R,
): Promise<R | Refusal> {
  if (await account.decided(refusal)) return refusal;
  return refuse('RecordFailed', { request: call.asked });
}

const MAX_COMMAND = 128;

/** One client invocation: what kubectl says of itself (KEP-859), else the connection. */
function commandOf(call: Call): string {
  const named = call.head?.headers.get('kubectl-session');
  return named !== undefined && named.length <= MAX_COMMAND && /^[\w-]+$/.test(named)
    ? named
    : call.connection;
}
