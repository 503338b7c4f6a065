// How many bytes all calls together may hold at one moment: the sidecar lives in a small container.
import { divided, type Hold } from '../masking/growing-bytes.ts';

/** Gives out another that holds of it: nothing yet. Whoever is given one holds 0 with it at the end. */
export type Room = () => Hold;

export interface Rooms {
  /** For the bodies of writes. */
  readonly bodies: Room;
  /** For answers that are read on their way. */
  readonly answers: Room;
}

export const createRoom = (limitBytes: number): Room => divided((bytes) => bytes <= limitBytes);
