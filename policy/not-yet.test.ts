import { expect, test } from 'vitest';
import { resourceRequestOf } from './fixtures.ts';
import { notYet } from './not-yet.ts';

const core = '/api/v1/namespaces/shop';
const apps = '/apis/apps/v1/namespaces/shop';

test.each([
  ['GET', `${core}/pods/a/proxy`, 'StreamNotYet'],
  ['POST', `${core}/pods/a/proxy`, 'StreamNotYet'],
  ['GET', `${core}/services/a/proxy/metrics`, 'StreamNotYet'],
] as [string, string, string][])('%s %s: %s', (method, target, code) => {
  expect(notYet(resourceRequestOf(method, target))).toBe(code);
});

test.each([
  ['GET', `${core}/secrets/a`],
  ['PATCH', `${core}/secrets/a`],
  ['DELETE', `${core}/secrets`],
  ['DELETE', `${core}/pods/a`],
  ['DELETE', `${core}/pods`],
  ['POST', `${core}/pods/a/eviction`],
  ['GET', `${core}/pods/a/log`],
  ['GET', `${core}/pods/a/exec`],
  ['POST', `${core}/pods/a/attach`],
  ['GET', `${core}/pods/a/portforward`],
  ['PATCH', `${apps}/deployments/a/scale`],
  ['DELETE', `${apps}/deployments/a`],
  ['POST', `${core}/configmaps`],
  ['POST', '/apis/apps.example.com/v1/namespaces/shop/deployments'],
])('%s %s is left to the rules', (method, target) => {
  expect(notYet(resourceRequestOf(method, target))).toBeUndefined();
});
