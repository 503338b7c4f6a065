// Where recordings are kept: the seam between what is recorded, which is the same everywhere, and how lines are kept.

import { createCast } from '../streams/recording/cast.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Clock } from './monotonic.ts';
import type { Recordings } from './recording.ts';
import { createRecording, inTime } from './recording-gathering.ts';
import { createHeldBytes } from './recording-room.ts';
import { spelling } from './recording-spelling.ts';

/** Where one recording is kept. A promise resolves when that is on disk, and rejects when it will not be; one at a time. */
export interface Place {
  begin(header: string): Promise<void>;
  /** Lines of the asciicast. */
  keep(lines: readonly string[]): Promise<void>;
  end(): Promise<void>;
  /** Nothing more of it comes; what is on its way is rejected. */
  abandon(): void;
  /** Aborted when nothing more can be kept here. */
  readonly lost: AbortSignal;
}

export interface PlaceParts {
  readonly clock: Clock;
  readonly log: Logger;
}

/** `placeOf` throws where there is none for another. */
export function recordAt(placeOf: (id: string) => Place, { clock, log }: PlaceParts): Recordings {
  const room = createHeldBytes();
  return {
    async open(header) {
      const cast = createCast(header, spelling);
      let place: Place | undefined;
      try {
        place = placeOf(header.id);
        await inTime(place.begin(cast.header));
      } catch (error) {
        place?.abandon();
        log.warn('a recording could not be opened', { auditId: header.id, why: (error as Error).message });
        return undefined;
      }
      return createRecording({ cast, place, room, now: clock.monotonicMs }, (why) =>
        log.warn('a recording failed', { auditId: header.id, why }),
      );
    },
  };
}
