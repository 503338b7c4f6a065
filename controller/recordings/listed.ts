// Which parts a list names: pure. Of each ServiceAccount's the newest, so that no agent's many recordings, however short, take those
// of another out of it.
import type { PartFile } from './folder.ts';

/** Of one ServiceAccount. */
const MAX_LISTED = 4096;

export interface Listed {
  readonly parts: readonly PartFile[];
  /** How many are not among them. */
  readonly leftOut: number;
}

/** `all`: the oldest first, and so is what is listed. */
export function listed(all: readonly PartFile[]): Listed {
  const counts = new Map<string, number>();
  const parts = all.toReversed().filter(({ share }) => {
    const before = counts.get(share) ?? 0;
    counts.set(share, before + 1);
    return before < MAX_LISTED;
  });
  return { parts: parts.reverse(), leftOut: all.length - parts.length };
}
