import { expect, test } from 'vitest';
import { counting, jsonScreen, personScreen } from './steps.ts';

const long = 'a word '.repeat(40).trim();
const step = {
  step: 'it does',
  command: long,
  expected: long,
  outcome: `${long}\n${'x'.repeat(150)}`,
  ok: true,
};

test('a person sees no line of more than 100 columns, and why a step was left out', () => {
  let shown = '';
  const screen = personScreen((text) => {
    shown += text;
  }, false);
  screen.note(long);
  screen.step(step);
  screen.leaveOut({ step: 'it does not', left_out: long });
  expect(Math.max(...shown.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
  expect(shown).toMatch(/^-- {5}it does not\n {7}left out {2}a word/m);
});

test('as JSON there is an object a step, left out or not, and nothing else', () => {
  const lines: unknown[] = [];
  const screen = counting(jsonScreen((text) => lines.push(JSON.parse(text))));
  screen.chapter('one');
  screen.step(step);
  screen.note('two');
  screen.step({ ...step, ok: false });
  screen.leaveOut({ step: 'it does not', left_out: 'no node' });
  expect(lines).toEqual([step, { ...step, ok: false }, { step: 'it does not', left_out: 'no node' }]);
  expect(screen.counted()).toEqual({ steps: 2, different: 1, leftOut: 1 });
});
