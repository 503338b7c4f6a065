import { expect, test } from 'vitest';
import { requestOf } from '../policy/fixtures.ts';
import { movedDocument } from './moved-document.ts';

const path = '/openapi/v3/apis/apps/v1';
const asked = requestOf('GET', `${path}?hash=0AB1`);

test('a document that moved to another hash is found there', () => {
  expect(movedDocument(asked, 301, `${path}?hash=0FF1CE`)).toBe(`${path}?hash=0FF1CE`);
});

test.each([
  ['to another path', 301, '/openapi/v3/apis/batch/v1?hash=0FF1CE'],
  ['to another host', 301, `https://169.254.169.254${path}?hash=0FF1CE`],
  ['to another host without a scheme', 301, `//169.254.169.254${path}?hash=0FF1CE`],
  ['to more than a hash', 301, `${path}?hash=0FF1CE&watch=1`],
  ['to two hashes', 301, `${path}?hash=0FF1CE?hash=0FF1CE`],
  ['to a hash that breaks the head', 301, `${path}?hash=0FF1CE\r\nset-cookie: a=b`],
  ['to a hash that is none', 301, `${path}?hash=latest`],
  ['to itself', 301, path],
  ['to nothing', 301, undefined],
  ['for now', 302, `${path}?hash=0FF1CE`],
])('no redirect %s is one', (_, status, location) => {
  expect(movedDocument(asked, status, location)).toBeUndefined();
});

test('nothing but a document of OpenAPI v3 moves', () => {
  const version = requestOf('GET', '/version');
  expect(movedDocument(version, 301, '/version?hash=0FF1CE')).toBeUndefined();
  const pods = requestOf('GET', '/api/v1/namespaces/shop/pods');
  expect(movedDocument(pods, 301, '/api/v1/namespaces/shop/pods?hash=0FF1CE')).toBeUndefined();
});
