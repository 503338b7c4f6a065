// A watch on its way through a wall: events of JSON, one a line, each shown with its last byte.
import type { Hold } from './growing-bytes.ts';
import type { Failure, MaskedBytes, Masker } from './masker.ts';
import { NOTHING, printed } from './printed.ts';
import { createScan } from './scan.ts';
import { type Show, unreadable } from './shape.ts';
import { createUnread, MAX_EVENT_BYTES } from './unread.ts';

const NEWLINE = 0x0a;

export function watchMasker(show: Show, hold: Hold): Masker {
  const line = createUnread('an event', MAX_EVENT_BYTES, hold);
  let scan = createScan();
  let failed: Failure | undefined;

  function append(bytes: Uint8Array): Failure | undefined {
    scan.next(bytes, 0, Number.NEGATIVE_INFINITY);
    return line.append({ bytes, values: scan.takeValues() });
  }

  function events(chunk: Uint8Array): MaskedBytes | Failure {
    const chunks: Uint8Array[] = [];
    let count = 0;
    let rest = chunk;
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      const shown = append(rest.subarray(0, at)) ?? printed(line.take(), show, '\n');
      if (shown.kind !== 'masked') return shown;
      chunks.push(...shown.chunks);
      count += shown.count;
      rest = rest.subarray(at + 1);
      scan = createScan();
    }
    return append(rest) ?? { kind: 'masked', chunks, count };
  }

  function remember(outcome: MaskedBytes | Failure): MaskedBytes | Failure {
    if (outcome.kind !== 'masked') failed = outcome;
    return outcome;
  }

  return {
    write: (chunk) => failed ?? remember(events(chunk)),
    // The API server ends each event with a newline: without one the last event was cut.
    end: () => failed ?? (line.length === 0 ? NOTHING : unreadable('the watch ended within an event')),
  };
}
