import { expect, it } from 'vitest';
import { filteredQuery } from './filtered-query.ts';

const open = (sealed: string) => (sealed.startsWith('sealed-') ? sealed.slice(7) : undefined);
const asked = (...query: [string, string][]) => filteredQuery(query, { byName: true, open });

it('passes what changes no shape and no page', () => {
  const query: [string, string][] = [
    ['watch', '1'],
    ['labelSelector', 'a=b'],
    ['resourceVersion', '7'],
    ['resourceVersionMatch', 'Exact'],
    ['includeObject', 'Object'],
    ['continue', ''],
  ];
  expect(asked(...query)).toEqual({ kind: 'query', query, withoutObjects: false });
});

it('asks for objects where the agent wants a Table without', () => {
  expect(asked(['includeObject', 'None'])).toEqual({
    kind: 'query',
    query: [['includeObject', 'Metadata']],
    withoutObjects: true,
  });
});

it.each([
  ['1', '500'],
  ['+7', '500'],
  ['500', '500'],
  ['501', '501'],
  ['9223372036854775807', '9223372036854775807'],
  ['0', '0'],
  ['-1', '-1'],
])('asks for pages that tell little: limit=%s becomes %s', (limit, sent) => {
  expect(asked(['limit', limit])).toMatchObject({ query: [['limit', sent]] });
});

it('leaves pages as they were where objects of any name are shown', () => {
  const query: [string, string][] = [['limit', '1']];
  expect(filteredQuery(query, { byName: false, open })).toMatchObject({ query });
});

it('opens a continue of its own, and knows no other', () => {
  expect(asked(['continue', 'sealed-token'])).toMatchObject({ query: [['continue', 'token']] });
  expect(asked(['continue', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ'])).toEqual({ kind: 'unknownContinue' });
});
