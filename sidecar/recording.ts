// The recordings of streams, wherever they are kept: by the controller (recording-controller.ts), or in a folder of a run
// (recording-folder.ts). One that cannot be kept says so, and never waits for long.
import type { RecordingEvent, RecordingHeader } from '../streams/recording/recorded.ts';

/** From here on whoever writes waits for `drained` before the stream is read any further. */
export const MAX_HELD_BYTES = 256 * 1024;

/** What is not acknowledged in this time has failed. */
export const KEPT_WITHIN_MS = 10_000;

export interface Recordings {
  /** Resolves once its header is kept; undefined: it cannot be. */
  open(header: RecordingHeader): Promise<Recording | undefined>;
}

export interface Recording {
  /** Stamped with the moment of the call. Nothing is kept any more once it is closed or has failed. */
  write(event: RecordingEvent): void;
  /** Bytes that are not acknowledged yet, as they are held in memory; of what is told by digests, what no digest has told. */
  readonly held: number;
  /** Resolves when `held` is below its bound again, or it has failed. */
  drained(): Promise<void>;
  /** Aborted when something of it could not be kept. */
  readonly failed: AbortSignal;
  /** Its last word. Resolves when all is kept, or it has failed; may be called again. */
  close(): Promise<void>;
}
