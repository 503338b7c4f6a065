import { expect, test } from 'vitest';
import { holdsSentinel } from '../sentinel.ts';
import { type Json, putInto, shown } from './test-objects.ts';

test('where a sentinel belongs is said in the names that are shown', () => {
  const metadata = { name: 'web', uid: 'u1', resourceVersion: '7' };
  const spec = { 'secret-a': { open: 'pin=1' }, words: ['pin=2'] };
  const live: Json = { apiVersion: 'a.example/v1', kind: 'Door', metadata, spec };
  const seen = shown(live);
  const [name = ''] = Object.keys(seen.spec);
  const belongsAt = (text: string) => {
    const outcome = putInto(live, 'merge', { metadata: { labels: { a: text } } });
    if (outcome.kind !== 'fault') throw new Error('a sentinel was stored');
    return outcome.belongsAt;
  };
  expect(holdsSentinel(name)).toBe(true);
  expect(belongsAt(name)).toBe(`spec.${name}`);
  expect(belongsAt(seen.spec[name].open)).toBe(`spec.${name}.open`);
  expect(belongsAt(seen.spec.words[0])).toBe('spec.words[0]');
});
