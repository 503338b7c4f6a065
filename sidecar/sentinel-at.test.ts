import { expect, test } from 'vitest';
import { SENTINEL_MARKER } from '../masking/sentinel.ts';
import { sentinelAt } from './sentinel-at.ts';

test.each<[unknown, string | undefined]>([
  [{ data: { user: 'a', password: `x ${SENTINEL_MARKER}` } }, 'data.password'],
  [{ data: { 'tls.key': btoa(SENTINEL_MARKER) } }, 'data[tls.key]'],
  [
    { metadata: { annotations: { 'example.com/a': SENTINEL_MARKER } } },
    'metadata.annotations[example.com/a]',
  ],
  [[{ op: 'test' }, { op: 'add', value: { b: [SENTINEL_MARKER] } }], '[1].value.b[0]'],
  [{ data: { [SENTINEL_MARKER]: 'a' } }, `data[${SENTINEL_MARKER}]`],
  [{ data: { a: 'b', c: null, d: 1 } }, undefined],
])('%j: %s', (value, at) => {
  expect(sentinelAt(value)).toBe(at);
});
