import { expect, it } from 'vitest';
import type { QueryPair } from '../policy/target.ts';
import { pagedQuery } from './paged-query.ts';

const asked = (query: string): QueryPair[] => [...new URLSearchParams(query)];

it.each([
  ['limit=500&resourceVersion=0', 'limit=500'],
  [
    'resourceVersion=0&labelSelector=a&limit=+7&resourceVersionMatch=NotOlderThan',
    'labelSelector=a&limit=+7',
  ],
])('asks for pages where they were asked for in vain: %s becomes %s', (query, sent) => {
  expect(pagedQuery(asked(query))).toEqual(asked(sent));
});

it.each([
  'resourceVersion=0',
  'limit=0&resourceVersion=0',
  'limit=-1&resourceVersion=0',
  'limit=500&resourceVersion=7&resourceVersionMatch=NotOlderThan',
  'limit=500&resourceVersion=0&resourceVersionMatch=Exact',
  'limit=500',
])('leaves %s as it is', (query) => {
  expect(pagedQuery(asked(query))).toEqual(asked(query));
});
