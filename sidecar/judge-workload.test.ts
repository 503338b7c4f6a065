// What `chaperone run` judges by itself: which rules' permits count for which verb.
import { expect, test } from 'vitest';
import { entitlementsOf, policyOf, requestOf } from '../policy/fixtures.ts';
import type { Rule } from '../policy/kinds/rule.ts';
import { judgeWorkload } from './judge-workload.ts';

const deployments = '/apis/apps/v1/namespaces/shop/deployments';
const rule = (verbs: Rule['verbs'], secret: string, more: Partial<Rule> = {}): Rule => ({
  namespaces: ['shop'],
  apiGroups: ['apps'],
  resources: ['deployments'],
  verbs,
  podSpec: { serviceAccountNames: ['web'], secrets: [secret, 'both'] },
  ...more,
});
const entitlements = entitlementsOf({
  policies: [
    policyOf({
      standing: {
        lifetime: '8h',
        rules: [
          rule(['create'], 'created'),
          rule(['update'], 'changed'),
          rule(['update'], 'debugged', {
            apiGroups: [''],
            resources: ['pods/ephemeralcontainers'],
            resourceNames: ['web'],
          }),
        ],
      },
    }),
  ],
});

/** The Secrets of these that pods may mount which are sent so. */
function mountable(method: string, target: string): string[] {
  const request = requestOf(method, target);
  return ['created', 'changed', 'debugged', 'both'].filter((secretName) => {
    const spec = { serviceAccountName: 'web', volumes: [{ name: 'v', secret: { secretName } }] };
    const object = target.startsWith(deployments) ? { spec: { template: { spec } } } : { spec };
    const bytes = Buffer.from(JSON.stringify(object));
    const permit = { request, unmasked: false };
    return judgeWorkload(bytes, 'application/json', permit, entitlements, 1) === undefined;
  });
}

test('a POST has what rules permit who creates', () => {
  expect(mountable('POST', deployments)).toEqual(['created', 'both']);
});

test('a PUT, which may find nothing, has what is permitted to create and to update alike', () => {
  expect(mountable('PUT', `${deployments}/web`)).toEqual(['both']);
});

test('a PUT of a subresource creates nothing', () => {
  expect(mountable('PUT', '/api/v1/namespaces/shop/pods/web/ephemeralcontainers')).toEqual([
    'debugged',
    'both',
  ]);
});
