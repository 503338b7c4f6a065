// One event of a recording, as what it says: pure. Codes are wire/recordings.ts's; what has another is left out, as every player
// of asciicasts does.
import type { CastEvent } from '../../wire/recordings.ts';

export type Said =
  /** As much as can be read of it as text. */
  | { readonly kind: 'out' | 'err' | 'in'; readonly text: string }
  /** About it, in one line of our own. */
  | { readonly kind: 'note'; readonly text: string };

const SIDES = { o: 'out', e: 'err', i: 'in' } as const;

export function saidBy([, code, data]: CastEvent): Said | undefined {
  const side = SIDES[code.charAt(0) as keyof typeof SIDES];
  switch (code) {
    case 'o':
    case 'e':
    case 'i':
      return { kind: side, text: data };
    case 'o64':
    case 'e64':
    case 'i64':
      return { kind: side, text: Buffer.from(data, 'base64').toString('utf8') };
    case 'o#':
    case 'e#':
    case 'i#':
      return note(`${side}: not kept, bytes and digest: ${data}`);
    case 'r':
      return note(`the terminal is ${data}`);
    case 'x':
      return note(`it ended: ${data}`);
    case 'open':
      return note(`connection and port opened: ${data}`);
    case 'close':
      return note(`connection closed, bytes from the agent and from the pod: ${data}`);
  }
}

const note = (text: string): Said => ({ kind: 'note', text });
