// What a command says while someone waits for it: as a log is masked, and a line that is not whole (a prompt, the echo of a key)
// is shown once nothing has followed it for a while. What completes a match later is hidden from there on.
import type { Hold } from '../growing-bytes.ts';
import type { MaskedBytes, Masker } from '../masker.ts';
import type { Patterns } from './compile.ts';
import { createLineMasker } from './line-masker.ts';

export interface LiveMasker extends Masker {
  /**
   * Nothing came for `SILENCE_MS`, by the caller's clock: what is kept goes out, but for what is hidden of it as it stands. It is
   * called once after a write, however much time passes; more often it gives nothing.
   */
  silence(): MaskedBytes;
}

/** Short enough for a prompt; longer than a program takes between two pieces of one line. */
export const SILENCE_MS = 50;

/** A masker of one channel (stdout or stderr) of a stream. Fails only for want of room. */
export function createLiveMasker(patterns: Patterns, hold: Hold): LiveMasker {
  const { write, letOut, end } = createLineMasker(patterns, hold);
  return { write, silence: letOut, end: () => end() };
}
