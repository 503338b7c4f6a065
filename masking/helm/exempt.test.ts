import { expect, it } from 'vitest';
import { exemptAmong, isExempt, releaseOf } from './exempt.ts';

const RELEASES = [
  { namespace: 'shop', name: 'web' },
  { namespace: 'shop', name: 'web.v2' },
  { namespace: 'infra', name: 'web' },
];

it('a release is known by the name of a revision, exactly', () => {
  expect(releaseOf('sh.helm.release.v1.web.v12')).toBe('web');
  expect(releaseOf('sh.helm.release.v1.web.v2.v1')).toBe('web.v2');
  for (const name of [
    'web',
    'sh.helm.release.v1.web',
    'sh.helm.release.v1.web.v0',
    'sh.helm.release.v1.web.v1x',
  ])
    expect(releaseOf(name), name).toBeUndefined();
  expect(releaseOf('xsh.helm.release.v1.web.v1')).toBeUndefined();
});

it('one is exempt in its namespace alone', () => {
  const at = (namespace: unknown, name: unknown) => isExempt(RELEASES, { namespace, name });
  expect(at('shop', 'sh.helm.release.v1.web.v1')).toBe(true);
  expect(at('shop', 'sh.helm.release.v1.we.v1')).toBe(false);
  expect(at('agents', 'sh.helm.release.v1.web.v1')).toBe(false);
  expect(at(undefined, undefined)).toBe(false);
  expect(isExempt([], { namespace: 'shop', name: 'sh.helm.release.v1.web.v1' })).toBe(false);
});

it('a record names those that its call may show', () => {
  const among = (namespace?: string, name?: string) => exemptAmong(RELEASES, { namespace, name });
  expect(among('shop')).toBe('shop/web, shop/web.v2');
  expect(among()).toBe('shop/web, shop/web.v2, infra/web');
  expect(among('shop', 'sh.helm.release.v1.web.v3')).toBe('shop/web');
  expect(among('shop', 'web')).toBeUndefined();
  expect(among('agents')).toBeUndefined();
});
