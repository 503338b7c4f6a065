import { expect, it } from 'vitest';
import { asIs, leftOut, masked, type Show, unreadable } from './shape.ts';
import { behind, type Wall } from './wall.ts';

const wall = (show: Show) => ({ body: show, event: show });
const append = (what: string) => wall((value) => masked(`${value}${what}`, 1));
const failing = wall(() => unreadable('cannot be read'));
const neverAsked = wall(() => {
  throw new Error('asked');
});

it('gives each wall what the one before it shows, and counts together', () => {
  const { body, event } = behind(append('b'), append('c'));
  for (const show of [body, event]) expect(show('a')).toEqual(masked('abc', 2));
});

it('shows nothing more to the next where one cannot read it or leaves it out', () => {
  expect(behind(failing, neverAsked).event('a')).toEqual(unreadable('cannot be read'));
  expect(behind(append('b'), failing).body('a')).toEqual(unreadable('cannot be read'));
  expect(behind(wall(leftOut), neverAsked).event('a')).toEqual(masked(undefined, 0));
  expect(behind(wall(asIs)).body('a')).toEqual(masked('a', 0));
});

it('shows a warning that every wall lets through', () => {
  const warnsOf = (word: string) => ({ ...wall(asIs), warning: (header: string) => header.includes(word) });
  const { warning } = behind(warnsOf('a'), wall(asIs), warnsOf('b'));
  expect(['a', 'b', 'ab'].map((header) => warning?.(header))).toEqual([false, false, true]);
  expect(behind(wall(asIs), wall(asIs)).warning?.('a')).toBe(true);
});

it('says of values what the first wall says that does more than to carry them', () => {
  const of = (values?: Wall['values']): Wall => ({ ...wall(asIs), ...(values && { values }) });
  expect(behind(of('carried'), of('hidden'), of()).values).toBe('hidden');
  expect(behind(of('carried'), of(), of('hidden')).values).toBeUndefined();
  expect(behind(of('carried'), of('carried')).values).toBeUndefined();
});
