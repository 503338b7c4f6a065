import { expect, test } from 'vitest';
import { creationOf } from './creation.ts';
import { requestOf } from './fixtures.ts';

const object = '/api/v1/namespaces/shop/configmaps/web';

test('a PUT also asks to create the object it names', () => {
  const put = requestOf('PUT', object);
  expect(creationOf(put, 'application/json')).toEqual({ ...put, verb: 'create' });
});

test.each([
  'application/apply-patch+yaml',
  'application/apply-patch+cbor',
  'application/x-new',
  '',
  ' application/json-patch+json',
  'Application/Json-Patch+json',
  undefined,
])('a PATCH of type %j is taken for an apply, which creates', (type) => {
  expect(creationOf(requestOf('PATCH', object), type)).toMatchObject({ verb: 'create', name: 'web' });
});

test.each([
  'application/json-patch+json',
  'application/merge-patch+json; charset=utf-8',
  'application/strategic-merge-patch+json',
])('a PATCH of type %s only changes', (type) => {
  expect(creationOf(requestOf('PATCH', object), type)).toBeUndefined();
});

test('a subresource, a delete and a path that is no resource are never made', () => {
  expect(creationOf(requestOf('PUT', `${object}/status`), undefined)).toBeUndefined();
  expect(creationOf(requestOf('DELETE', object), undefined)).toBeUndefined();
  expect(creationOf(requestOf('PUT', '/healthz'), undefined)).toBeUndefined();
});
