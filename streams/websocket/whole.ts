// Messages that go on whole: a client reads each for itself. Their pieces are copied into one buffer: of a message in fragments of
// one byte, which is never ended, no more is held than its bytes.
import { createGrowingBytes } from '../../masking/growing-bytes.ts';
import type { Numbered } from './numbered.ts';

/** Decoded. A Status and a terminal's size need less. */
export const MAX_WHOLE_BYTES = 64 * 1024;

/** Of one side, whose messages come one after the other. Undefined: more is to come. */
export function createWholeReader(): (said: Numbered) => Numbered | 'tooLong' | undefined {
  const gathered = createGrowingBytes(MAX_WHOLE_BYTES, () => true);
  return (said) => {
    if (gathered.append(said.bytes) !== 'kept') return 'tooLong';
    return said.last ? { ...said, first: true, bytes: gathered.take() } : undefined;
  };
}
