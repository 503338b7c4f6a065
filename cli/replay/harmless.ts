// What an agent's command has printed, for the terminal of who reads it: pure. As text nothing of it is obeyed; on the screen
// only what draws there, and nothing that makes a terminal answer, as if somebody had typed it, or reach beyond its screen.

/** Control characters, and those that change the order in which others are shown. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Each of them by name, as `cat -v` has it, but for tab. Of one line: line ends are taken out before. */
export function asText(line: string): string {
  return line.replace(UNSEEN, (character) => {
    if (character === '\t') return character;
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x7f) return '^?';
    if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
    return `\\u{${code.toString(16)}}`;
  });
}

const ESC = '\u001b';

/** What follows ESC in ECMA-48 sequences that move, scroll, colour and erase. */
const DRAWING = /^\[[0-9;:]*[@A-HK-MPSTXZ`ade-gmrsu]$/;
/** Of the screen. A 3 anywhere among the parameters (`03`, `3;0`) would erase what was there before: no more than one is shown. */
const ERASING = /^\[[012]?J$/;
/** Private modes: reverse, origin, wrapping, cursor, alternate screen. Not mouse, focus or paste, which make it talk. */
const MODES = /^\[\?(?:[567]|12|25|47|104[789])(?:;(?:[567]|12|25|47|104[789]))*[hl]$/;
/** Save, restore, index, next line, reverse index, character sets. */
const SHORT = /^(?:[78DEM]|[()][0AB])$/;

/** A string that a terminal acts on (title, clipboard, query); any control character ends it. */
const STRING = /^[\]PX^_]/;
const STRING_END = /\p{Cc}/u;
const SEQUENCE = /^(?:\[[0-?]*[ -/]*[@-~]|(?!\[)[ -/]*[0-~])/;
/** Longer is none that is shown. */
const MAX_BEGUN = 4096;

/** What of a text, which comes in pieces, may go to the screen. */
export function forScreen(): (piece: string) => string {
  let begun = '';
  return (piece) => {
    const [first = '', ...others] = (begun + piece).split(ESC);
    const last = others.at(-1);
    const isBegun = last !== undefined && !isWhole(last);
    begun = isBegun && last.length <= MAX_BEGUN ? ESC + last : '';
    const whole = isBegun ? others.slice(0, -1) : others;
    return plain(first) + whole.map(afterEscape).join('');
  };
}

const isWhole = (after: string): boolean =>
  STRING.test(after) ? STRING_END.test(after) : SEQUENCE.test(after) || !/^(?:\[[0-?]*)?[ -/]*$/.test(after);

function afterEscape(text: string): string {
  if (STRING.test(text)) {
    const end = text.search(STRING_END);
    return end === -1 ? '' : plain(text.slice(end + 1));
  }
  const [sequence = ''] = SEQUENCE.exec(text) ?? [];
  const isShown = [DRAWING, ERASING, MODES, SHORT].some((form) => form.test(sequence));
  return (isShown ? ESC + sequence : '') + plain(text.slice(sequence.length));
}

/** With what moves within the line, and to the next. */
const plain = (text: string): string =>
  text.replace(/\p{Cc}/gu, (character) => ('\b\t\n\v\f\r'.includes(character) ? character : ''));

/** Modes, colours, margins, character set and screen as they were. */
export const SCREEN_AS_BEFORE = ['[!p', '[?5l', '[?47l', '[?1049l', '(B', '[0m']
  .map((each) => ESC + each)
  .join('');
