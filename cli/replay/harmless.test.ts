import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asText, forScreen } from './harmless.ts';

const ESC = '\u001b';
const shown = (...pieces: string[]) => {
  const screen = forScreen();
  return pieces.map(screen).join('');
};

describe('a recording as text', () => {
  test('names what a terminal would obey, and what would not be seen', () => {
    expect(asText(`a${ESC}]52;c;cm0=\u0007\tb\u009b6n\u202ec\u007f`)).toBe(
      'a^[]52;c;cm0=^G\tb\\u{9b}6n\\u{202e}c^?',
    );
  });

  test('holds nothing of it, whatever was said', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x2fff })), (codes) => {
        expect(asText(String.fromCodePoint(...codes))).not.toMatch(/[^\P{Cc}\t]|\p{Cf}|\p{Zl}|\p{Zp}/u);
      }),
    );
  });
});

describe('a recording on the screen', () => {
  test.each([
    ['text', 'plain ž🐎\r\n\tx\b'],
    ['colours', `${ESC}[1;31mred${ESC}[0m`],
    ['the cursor', `${ESC}[J${ESC}[1J${ESC}[2J${ESC}[10;5H${ESC}[K${ESC}7${ESC}8`],
    ['an editor', `${ESC}[?1049h${ESC}[?25l${ESC}[3;20r${ESC}(B${ESC}[?25h${ESC}[?1049l`],
  ])('shows %s', (_, text) => {
    expect(shown(text)).toBe(text);
  });

  test.each([
    ['the clipboard', `${ESC}]52;c;cm0=\u0007`],
    ['the title', `${ESC}]0;title${ESC}\\`],
    ['a question for the cursor', `${ESC}[6n`],
    ['a question for what it is', `${ESC}[c${ESC}[>c${ESC}Z${ESC}[5n`],
    ['a question for its settings', `${ESC}P$qm${ESC}\\`],
    ['its window', `${ESC}[21t`],
    ['what the mouse does', `${ESC}[?1000h`],
    ['pasting', `${ESC}[?25;2004h`],
    ['printing', `${ESC}[5i`],
    ['what was there before', `${ESC}[3J`],
    [
      'what was there before, spelt otherwise',
      ['03', '3;0', '0;3', '003', '3;', ';3', '3:1', '2;2'].map((each) => `${ESC}[${each}J`).join(''),
    ],
    ['its keys', `${ESC}[>1u${ESC}=`],
    ['8-bit controls', '\u009b6n\u009d'.replace('6n', '')],
    ['a bell and answerback', '\u0007\u0005'],
    ['programs of other terminals', `${ESC}_Gi=1${ESC}\\${ESC}^x${ESC}\\${ESC}Xx${ESC}\\`],
  ])('leaves out %s', (_, text) => {
    expect(shown(`<${text}>`)).toBe('<>');
  });

  test('is the same wherever it is cut', () => {
    const text = `a${ESC}[1;31mred${ESC}]52;c;cm0=\u0007${ESC}[?1049h${ESC}(B${ESC}[6nz`;
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(text.length), (one, two) => {
        const [from, to] = [Math.min(one, two), Math.max(one, two)];
        expect(shown(text.slice(0, from), text.slice(from, to), text.slice(to))).toBe(shown(text));
      }),
    );
  });

  test('never says what makes a terminal talk, whatever the pieces', () => {
    const piece = fc
      .array(
        fc.constantFrom(
          ESC,
          '[',
          '?',
          '6',
          'n',
          'c',
          ';',
          ']',
          'P',
          '\\',
          '\u0007',
          '\u009b',
          'h',
          '2004',
          'm',
        ),
      )
      .map((each) => each.join(''));
    const draws =
      /^(?:\[[0-9;:]*[@A-HK-MPSTXZ`ade-gmrsu]|\[[012]?J|\[\?(?:[567]|12|25|47|104[789])(?:;(?:[567]|12|25|47|104[789]))*[hl]|[78DEM]|[()][0AB])/;
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const [first = '', ...others] = shown(...pieces).split(ESC);
        expect(others.filter((each) => !draws.test(each))).toEqual([]);
        expect(first + others.join('')).not.toMatch(/(?![\b\t\n\v\f\r])\p{Cc}/u);
      }),
    );
  });
});
