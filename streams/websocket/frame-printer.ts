// Prints the frames that go to one side: each message in one frame, with a new mask where frames must be masked.
import { type Closing, printClosing } from './close.ts';
import { type Opcode, printHead } from './frame-head.ts';
import { masked } from './mask.ts';

/** So many bytes that nobody can foresee. */
export type Random = (bytes: number) => Uint8Array;

export interface FramePrinter {
  message(bytes: Uint8Array): Uint8Array;
  control(kind: 'ping' | 'pong', bytes: Uint8Array): Uint8Array;
  close(closing: Closing): Uint8Array;
}

/** `random`: for the masks of what goes to the server; undefined to the agent, where frames have none. */
export function createFramePrinter(isText: boolean, random: Random | undefined): FramePrinter {
  const frame = (opcode: Opcode, bytes: Uint8Array): Uint8Array => {
    const mask = random?.(4);
    const head = printHead({ opcode, final: true, length: bytes.length, mask });
    const printed = new Uint8Array(head.length + bytes.length);
    printed.set(head);
    printed.set(mask === undefined ? bytes : masked(bytes, mask), head.length);
    return printed;
  };
  return {
    message: (bytes) => frame(isText ? 'text' : 'binary', bytes),
    control: frame,
    close: (closing) => frame('close', printClosing(closing)),
  };
}
