// What is recorded of a stream: of exec and attach what the agent saw and said, of port-forward each connection. How it is
// written is cast.ts.
import type { Channel } from '../relay.ts';

export interface RecordingHeader {
  /** The Audit-ID of the call: a recording belongs to its record. */
  readonly id: string;
  /** Wall clock, epoch ms. */
  readonly startedAtMs: number;
  /** Of the pod that it goes to. */
  readonly namespace: string;
  readonly pod: string;
  readonly stream: RecordedStream;
}

export type RecordedStream =
  | {
      readonly kind: 'exec' | 'attach';
      readonly container: string;
      /** Of exec; of attach there is none. */
      readonly command: readonly string[];
      readonly stdin: boolean;
      readonly stdout: boolean;
      readonly stderr: boolean;
      readonly tty: boolean;
    }
  | { readonly kind: 'portforward'; readonly ports: readonly number[] };

export type RecordingEvent =
  | {
      readonly kind: 'data';
      readonly channel: Exclude<Channel, 'error' | 'resize'>;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  /** The command has ended: its exit code, or why there is none, in one line. */
  | { readonly kind: 'exit'; readonly status: string }
  /** Connections of a port-forward, numbered from 0. */
  | { readonly kind: 'opened'; readonly connection: number; readonly port: number }
  | {
      readonly kind: 'closed';
      readonly connection: number;
      /** Bytes from each side. */
      readonly fromAgent: number;
      readonly fromServer: number;
    };
