// Where lines of a log or a terminal end: at a line feed, and at a carriage return.

const NEWLINE = 0x0a;
/** Of who draws over a line, such as a progress bar. */
const RETURN = 0x0d;

/** Where lines end, in order. Of each of the two the next is remembered until it is passed: no byte is looked at twice for it. */
export function* endsOfLines(bytes: Uint8Array): Generator<number> {
  const next = (ending: number, from: number): number => {
    const at = bytes.indexOf(ending, from);
    return at === -1 ? bytes.length : at;
  };
  let newline = next(NEWLINE, 0);
  let carriage = next(RETURN, 0);
  for (let at = Math.min(newline, carriage); at < bytes.length; at = Math.min(newline, carriage)) {
    yield at;
    if (at === newline) newline = next(NEWLINE, at + 1);
    else carriage = next(RETURN, at + 1);
  }
}
