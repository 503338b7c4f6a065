// The error channel of a command behind a wall: since v4 it says one Status, which is shown as any answer's body is, once it is
// there whole.

import type { Patterns } from '../masking/patterns/compile.ts';
import { hideInWords } from '../masking/patterns/words.ts';
import type { Wall } from '../masking/wall.ts';
import type { Pieces, ShownChannel } from './hidden-channel.ts';

export interface HidingStatus {
  readonly wall: Wall;
  readonly patterns: Patterns;
  readonly onHidden: (values: number) => void;
}

/** A Status of Kubernetes has some hundred; of a longer one nothing is shown. */
const MAX_STATUS_BYTES = 64 * 1024;

export function createHiddenStatus({ wall, patterns, onHidden }: HidingStatus): ShownChannel {
  let said = Buffer.alloc(0);

  function take(text: string, count: number): Pieces {
    said = Buffer.alloc(0);
    if (count > 0) onHidden(count);
    return [Buffer.from(text)];
  }

  return {
    write(bytes) {
      if (said.length + bytes.length > MAX_STATUS_BYTES) return [];
      said = Buffer.concat([said, bytes]);
      const value = parsed(said);
      if (value === undefined) return [];
      const shown = wall.body(value);
      return shown.kind === 'masked' ? take(JSON.stringify(shown.value), shown.count) : [];
    },
    end() {
      if (said.length === 0) return [];
      const { text, spans } = hideInWords(patterns, said.toString('utf8'));
      return take(text, spans.length);
    },
  };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
