import { expect, it } from 'vitest';
import { isProtected } from './protected.ts';

it.each([
  ['Secrets', { kind: 'resource', apiGroup: '', resource: 'secrets' }, true],
  [
    'Secrets of another group',
    { kind: 'resource', apiGroup: 'external.example', resource: 'secrets' },
    false,
  ],
  ['ConfigMaps', { kind: 'resource', apiGroup: '', resource: 'configmaps' }, false],
  ['what is no resource', { kind: 'nonResource' }, false],
] as const)('protects by group and resource: %s', (_, asked, wanted) => {
  expect(isProtected(asked)).toBe(wanted);
});
