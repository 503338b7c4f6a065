// A regular expression of a policy, in RE2's syntax: matching takes time linear in the text, whatever the text is. What does
// not compile, could match nothing at all, waits for a line's end that no line holds, or is too large is no pattern.
import { RE2JS, RE2JSException } from 're2js';

/** Instructions of the compiled program: what one character of a text can cost at worst. */
export const MAX_PROGRAM = 1000;

/** What is wrong with it, in a clause without its period. */
export interface BadPattern {
  readonly kind: 'bad';
  readonly why: string;
}

export interface Pattern {
  readonly kind: 'pattern';
  readonly expression: RE2JS;
}

/** https://github.com/google/re2/wiki/Syntax, as Go's regexp reads it. Never throws. */
export function readPattern(source: string): Pattern | BadPattern {
  try {
    const expression = RE2JS.compile(source);
    if (expression.programSize() > MAX_PROGRAM)
      return {
        kind: 'bad',
        why: `is larger than ${MAX_PROGRAM} instructions once its repetitions are written out`,
      };
    if (EMPTY_IN.some((text) => matchesNothing(expression, text)))
      return { kind: 'bad', why: 'matches the empty text, and so would everywhere' };
    if (LINE_BREAK.test(source.replace(CLASSES, '')))
      return { kind: 'bad', why: 'holds a line break, and is matched line by line' };
    return { kind: 'pattern', expression };
  } catch (error) {
    return { kind: 'bad', why: `is no regular expression of RE2${whatOf(error)}` };
  }
}

/** Texts with each place that an assertion can ask for: an end, and words or none on both sides. */
const EMPTY_IN = ['', 'a', ' ', 'a a', '  ', 'aa'];

function matchesNothing(expression: RE2JS, text: string): boolean {
  const matcher = expression.matcher(text);
  while (matcher.find()) if (matcher.start() === matcher.end()) return true;
  return false;
}

/** Of a class a line break is one character among others; an escaped backslash begins no escape. */
const CLASSES = /\\\\|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]/g;
const LINE_BREAK = /[\r\n]|\\(?:[nr]|x0[ad]|x\{0*[ad]\}|01[25])/i;

const whatOf = (error: unknown) =>
  error instanceof RE2JSException ? `: ${error.message.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)}` : '';
