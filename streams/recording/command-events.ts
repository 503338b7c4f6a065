// What the channels of exec and attach say, as events of a recording: sizes and the end of the command are read out of their
// messages (k8s.io/apimachinery pkg/util/remotecommand/constants.go; client-go tools/remotecommand/{resize,v4}.go).
import type { Channel } from '../relay.ts';
import type { RecordingEvent } from './recorded.ts';

/** Of one channel; what is longer is no message of Kubernetes. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_STATUS = 1024;

export interface CommandEvents {
  /** Bytes of a channel in order, cut anywhere. */
  data(channel: Channel, bytes: Uint8Array): RecordingEvent[];
  /** No more of the channel comes. */
  closed(channel: Channel): RecordingEvent[];
}

export function readCommandEvents(): CommandEvents {
  const sizes = new TextDecoder();
  const errors = new TextDecoder();
  let size = '';
  let error = '';

  /** One JSON object after another, with nothing in them that holds a brace. */
  function resized(bytes: Uint8Array): RecordingEvent[] {
    const parts = (size + sizes.decode(bytes, { stream: true })).split('}');
    size = (parts.pop() ?? '').slice(0, MAX_MESSAGE_BYTES);
    return parts.flatMap((part) => sizeOf(`${part}}`));
  }

  return {
    data(channel, bytes) {
      if (channel === 'resize') return resized(bytes);
      if (channel !== 'error') return [{ kind: 'data', channel, bytes }];
      error = (error + errors.decode(bytes, { stream: true })).slice(0, MAX_MESSAGE_BYTES);
      return [];
    },
    closed(channel) {
      if (channel !== 'error' || error === '') return [];
      const status = statusOf(error);
      error = '';
      return [{ kind: 'exit', status }];
    },
  };
}

function sizeOf(text: string): RecordingEvent[] {
  const { Width: columns, Height: rows } = objectOf(text) ?? {};
  const isSize = [columns, rows].every((each) => Number.isInteger(each) && Number(each) >= 0);
  return isSize ? [{ kind: 'resize', columns: Number(columns), rows: Number(rows) }] : [];
}

/** The exit code, or why there is none; below v4 that is plain text. */
function statusOf(text: string): string {
  const status = objectOf(text) as Status | undefined;
  if (status?.status === 'Success') return '0';
  const causes = status?.details?.causes;
  const exit = Array.isArray(causes)
    ? causes.find((each) => each?.reason === 'ExitCode')?.message
    : undefined;
  return `${exit ?? status?.message ?? text}`.slice(0, MAX_STATUS);
}

interface Status {
  readonly status?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: unknown };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
