import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Attack } from './attack.ts';
import { plan, SHAPES } from './plan.ts';
import { randomOf } from './random.ts';

const paths = { permitted: '/permitted/', refused: '/refused/' };
const first = (count: number, seed: number): Attack[] => {
  const attacks = plan(randomOf(seed), 'token', paths);
  return Array.from({ length: count }, () => attacks.next().value);
};
const bytesOf = ({ pieces }: Attack): string =>
  Buffer.concat(pieces.filter((piece) => typeof piece !== 'number')).toString('latin1');

test('a seed gives its attacks again, another seed gives others', () => {
  const digests = (seed: number) =>
    first(SHAPES.length + 60, seed).map((attack) =>
      createHash('sha256').update(bytesOf(attack)).digest('hex'),
    );
  const once = digests(1);
  expect(digests(1)).toEqual(once);
  expect(digests(2)).not.toEqual(once);
});

test('each shape comes once as it is, with the token of the caller, before any is changed', () => {
  const attacks = first(SHAPES.length, 3);
  expect(new Set(attacks.map(({ name }) => name.replace(/ \(.*/, ''))).size).toBeGreaterThan(80);
  for (const attack of attacks) expect(attack.name).not.toContain('mutated');
});

test('what was changed by chance names nothing that is permitted', () => {
  const attacks = first(SHAPES.length + 150, 4);
  const mutated = attacks.filter(({ name }) => name.includes('mutated'));
  expect(mutated.length).toBeGreaterThan(50);
  expect(mutated.filter((attack) => bytesOf(attack).includes('/permitted/'))).toEqual([]);
});
