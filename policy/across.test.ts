import { expect, test } from 'vitest';
import { targetFor } from './across.ts';
import { requestOf } from './fixtures.ts';

const ground = { namespace: 'agents', pod: 'triage', podUid: '0b9f', systemNamespace: 'chaperone-system' };
const target = (path: string) => decodeURIComponent(targetFor(requestOf('GET', path), ground));

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

test.each(['/api/v1/namespaces/shop/pods?limit=5', '/api/v1/nodes/n1', '/apis/apps/v1'])(
  '%s is forwarded as it was asked',
  (asked) => {
    expect(target(asked)).toBe(asked);
  },
);
