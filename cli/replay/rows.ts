// Text as rows of a terminal, none of which wraps: pure. Where a row wrapped, the rest of it would stand where rows begin, and could
// look like one of another side.

/** What is longer goes on in the next row, wherever it is shown. */
const MAX_ROW = 4096;
/** Of text, however narrow it is shown. */
const MIN_COLUMNS = 16;
const TAB = 8;

/** Each with its prefix; `columns`: of the terminal, undefined: it goes to none. Of text that holds no line ends. */
export function* rows(prefix: string, text: string, columns: number | undefined): Generator<string> {
  const room = columns === undefined ? MAX_ROW : Math.max(columns - prefix.length, MIN_COLUMNS);
  let row = '';
  let width = 0;
  for (const character of text) {
    const wide = widthOf(character);
    if (width + wide > room) {
      yield prefix + row;
      row = '';
      width = 0;
    }
    row += character;
    width += wide;
  }
  yield prefix + row;
}

/** At most: terminals differ in what is wide. */
function widthOf(character: string): number {
  if (character === '\t') return TAB;
  return character < '\u007f' ? 1 : 2;
}
