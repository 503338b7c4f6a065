import { expect, test } from 'vitest';
import { requestOf } from '../policy/fixtures.ts';
import { writeOf } from './write-form.ts';

const web = '/api/v1/namespaces/shop/secrets/web';
const write = (method: string, type: string | undefined, query = '') =>
  writeOf(requestOf(method, `${web}${query}`), type, 'value');

test.each([
  ['PUT', 'application/json', 'object'],
  ['PUT', undefined, 'object'],
  ['PATCH', 'application/json-patch+json', 'operations'],
  ['PATCH', 'application/merge-patch+json; charset=utf-8', 'merge'],
  ['PATCH', 'application/strategic-merge-patch+json', 'strategic'],
  ['PATCH', 'application/apply-patch+yaml', 'apply'],
])('%s of %s has the form %s', (method, type, form) => {
  expect(write(method, type)).toEqual({ form, value: 'value', dryRun: false, force: false });
});

test.each([
  ['', false, false],
  ['?dryRun=All', true, false],
  ['?dryRun=', true, false],
  ['?force=true', false, true],
  ['?force=1', false, true],
  ['?force', false, false],
  ['?force=1&dryRun=All', true, true],
  ['?force=false', false, false],
  ['?force=FALSE', false, false],
  ['?force=fal%C5%BFe', false, false],
  ['?force=TRUE', false, false],
  ['?force=t', false, false],
  ['?force=%20true', false, false],
  ['?force=0', false, false],
])('of %s it says whether it only tries, and whether it takes', (query, dryRun, force) => {
  expect(write('PATCH', 'application/apply-patch+yaml', query)).toMatchObject({ dryRun, force });
});
