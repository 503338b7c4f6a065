import { expect, test } from 'vitest';
import { requestOf } from '../fixtures.ts';
import { writesWorkload } from './workload-kinds.ts';

const core = '/api/v1/namespaces/shop';
const apps = '/apis/apps/v1/namespaces/shop';
const batch = '/apis/batch/v1/namespaces/shop';

test.each([
  ['POST', `${core}/pods`],
  ['PATCH', `${core}/pods/a`],
  ['PATCH', `${core}/pods/a/ephemeralcontainers`],
  ['POST', `${core}/podtemplates`],
  ['PUT', `${core}/replicationcontrollers/a`],
  ['POST', `${apps}/deployments`],
  ['PATCH', `${apps}/statefulsets/a`],
  ['PUT', `${apps}/daemonsets/a`],
  ['POST', `${apps}/replicasets?dryRun=All`],
  ['POST', `${batch}/jobs`],
  ['PATCH', `${batch}/cronjobs/a`],
])('%s %s writes pods', (method, target) => {
  expect(writesWorkload(requestOf(method, target))).toBe(true);
});

test.each([
  ['GET', `${core}/pods/a`],
  ['DELETE', `${core}/pods/a`],
  ['DELETE', `${apps}/deployments`],
  ['PATCH', `${apps}/deployments/a/scale`],
  ['PUT', `${core}/pods/a/status`],
  ['POST', `${core}/pods/a/eviction`],
  ['POST', `${core}/configmaps`],
  ['POST', '/apis/apps.example.com/v1/namespaces/shop/deployments'],
  ['GET', '/version'],
])('%s %s does not', (method, target) => {
  expect(writesWorkload(requestOf(method, target))).toBe(false);
});
