// What the channels of exec and attach say, as events of a recording: sizes and the end of the command are read out of their
// messages (k8s.io/apimachinery pkg/util/remotecommand/constants.go; client-go tools/remotecommand/v4.go).
import type { Channel } from '../relay.ts';
import { createSizeReader } from '../terminal-size.ts';
import type { RecordingEvent } from './recorded.ts';

/** Of the error channel; what is longer is no message of Kubernetes. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_STATUS = 1024;

export interface CommandEvents {
  /** Bytes of a channel in order, cut anywhere. */
  data(channel: Channel, bytes: Uint8Array): RecordingEvent[];
  /** No more of the channel comes. */
  closed(channel: Channel): RecordingEvent[];
}

export function readCommandEvents(): CommandEvents {
  const sizesIn = createSizeReader();
  const errors = new TextDecoder();
  let error = '';

  return {
    data(channel, bytes) {
      if (channel === 'resize') return sizesIn(bytes).map((size) => ({ kind: 'resize', ...size }));
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
