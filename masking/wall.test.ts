import { expect, it } from 'vitest';
import { asIs, leftOut, masked, type Show, unreadable } from './shape.ts';
import { behind } from './wall.ts';

const wall = (show: Show) => ({ body: show, event: show });
const append = (what: string) => wall((value) => masked(`${value}${what}`, 1));
const failing = wall(() => unreadable('cannot be read'));
const neverAsked = wall(() => {
  throw new Error('asked');
});

it('gives each wall what the one before it shows, and counts together', () => {
  for (const show of Object.values(behind(append('b'), append('c'))))
    expect(show('a')).toEqual(masked('abc', 2));
});

it('shows nothing more to the next where one cannot read it or leaves it out', () => {
  expect(behind(failing, neverAsked).event('a')).toEqual(unreadable('cannot be read'));
  expect(behind(append('b'), failing).body('a')).toEqual(unreadable('cannot be read'));
  expect(behind(wall(leftOut), neverAsked).event('a')).toEqual(masked(undefined, 0));
  expect(behind(wall(asIs)).body('a')).toEqual(masked('a', 0));
});
