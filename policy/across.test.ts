import { expect, test } from 'vitest';
import { targetFor } from './across.ts';
import { requestOf } from './fixtures.ts';

const ground = { namespace: 'agents', pod: 'triage', podUid: '0b9f', systemNamespace: 'chaperone-system' };
const target = (path: string, filter?: string[]) =>
  decodeURIComponent(targetFor(requestOf('GET', path), ground, filter));

test.each([
  ['/api/v1/pods', '/api/v1/pods?fieldSelector=metadata.namespace!=chaperone-system'],
  [
    '/api/v1/pods?watch=1&limit=5',
    '/api/v1/pods?watch=1&limit=5&fieldSelector=metadata.namespace!=chaperone-system',
  ],
  [
    '/api/v1/configmaps?fieldSelector=metadata.namespace%3Dchaperone-system',
    '/api/v1/configmaps?fieldSelector=metadata.namespace=chaperone-system,metadata.namespace!=chaperone-system',
  ],
  [
    '/api/v1/pods?fieldSelector=&limit=5',
    '/api/v1/pods?limit=5&fieldSelector=metadata.namespace!=chaperone-system',
  ],
])('%s across all namespaces leaves chaperone’s own out', (asked, forwarded) => {
  expect(target(asked)).toBe(forwarded);
});

test.each([
  ['/api/v1/namespaces/shop/pods', '/api/v1/namespaces/shop/pods?fieldSelector=metadata.name=web'],
  [
    '/api/v1/namespaces/shop/pods?watch=1&fieldSelector=status.phase%3DRunning',
    '/api/v1/namespaces/shop/pods?watch=1&fieldSelector=status.phase=Running,metadata.name=web',
  ],
  [
    '/api/v1/nodes?limit=5',
    '/api/v1/nodes?limit=5&fieldSelector=metadata.namespace!=chaperone-system,metadata.name=web',
  ],
])('%s that may show one object asks for that one', (asked, forwarded) => {
  expect(target(asked, ['web'])).toBe(forwarded);
  expect(target('/api/v1/namespaces/shop/pods', ['web', 'db'])).toBe('/api/v1/namespaces/shop/pods');
});

test.each(['/api/v1/namespaces/shop/pods?limit=5', '/api/v1/nodes/n1', '/apis/apps/v1'])(
  '%s is forwarded as it was asked',
  (asked) => {
    expect(target(asked)).toBe(asked);
  },
);
