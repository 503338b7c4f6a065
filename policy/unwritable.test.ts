import { expect, test } from 'vitest';
import { requestOf } from './fixtures.ts';
import { unwritable } from './unwritable.ts';

const shop = '/api/v1/namespaces/shop';

test.each([
  ['PUT', '/debug/flags/v', 'verbs[0]: '],
  ['POST', '/x', 'verbs[0]: '],
  ['DELETE', '/metrics', 'verbs: has a verb that nonResourceURLs do not take'],
  ['GET', '/', 'nonResourceURLs[0]: is not a plain path'],
  ['GET', '/.well-known/openid-configuration', 'nonResourceURLs[0]: is not a plain path'],
  ['GET', '/api/v1/secrets', 'allNamespaces: does not go with secrets: name the namespaces'],
  ['GET', '/api/v1/secrets?watch=1', 'allNamespaces: does not go with secrets'],
  ['GET', '/api/v1/secrets?fieldSelector=metadata.name=web', 'allNamespaces: does not go with secrets'],
  ['DELETE', '/api/v1/secrets', 'clusterScoped: does not go with secrets'],
  ['POST', '/apis/apps/v1/deployments', 'clusterScoped: does not go with deployments'],
  ['GET', '/api/v1/pods/web', 'clusterScoped: does not go with pods'],
  ['POST', '/api/v1/proxy/namespaces/shop/pods/web', 'verbs[0]: '],
  ['GET', '/api/v1/proxy/namespaces/shop/services/web', 'verbs[0]: '],
  ['GET', '/apis/Made.Up/v1/namespaces/shop/things', 'apiGroups[0]: '],
  ['PUT', `${shop}/pods/web/exec`, 'verbs: must be [create] for pods/exec'],
  ['HEAD', `${shop}/pods/web/attach`, 'verbs: must be [create] for pods/attach'],
  ['GET', '/api/v1/watch/namespaces/shop/pods/web/portforward', 'verbs: must be [create]'],
])('no rule can be written for %s %s', (method, target, why) => {
  expect(unwritable(requestOf(method, target))).toEqual({
    openness: 'never',
    why: expect.stringContaining(why),
  });
});

test.each([
  // What no rule names is none of the schema's business.
  ['POST', `${shop}/pods/web/exec?container=No.Container`],
  ['POST', `${shop}/pods/web/portforward?ports=80`],
  ['GET', '/logs/kubernetes/audit/audit.log'],
  ['HEAD', '/metrics'],
  ['GET', `${shop}/secrets`],
  ['GET', '/api/v1/watch/namespaces/shop/pods/web'],
  ['GET', '/api/v1/pods?watch=1'],
  ['GET', '/apis/made.up/v1/things'],
  ['POST', '/apis/made.up/v1/things'],
  ['DELETE', `${shop}/configmaps`],
  ['PATCH', `${shop}/services/web/status`],
  ['GET', '/api/v1/nodes'],
  ['GET', '/api/v1/namespaces/shop'],
  ['POST', `${shop}/pods/web/exec`],
  ['GET', `${shop}/configmaps/any:name@that_no_rule_names`],
])('a rule can be written for %s %s', (method, target) => {
  expect(unwritable(requestOf(method, target))).toBeUndefined();
});

test('of two requests that differ in their group or in a namespace that there can be, each has its own answer', () => {
  const kindOf = (target: string) => unwritable(requestOf('GET', target))?.openness;
  expect(kindOf('/apis/made.up/v1/daemonsets/web')).toBeUndefined();
  expect(kindOf('/apis/apps/v1/daemonsets/web')).toBe('never');
  expect(kindOf(`${shop}/secrets/web`)).toBeUndefined();
  expect(kindOf('/api/v1/namespaces/Shop/secrets/web')).toBe('never');
});

test('what is remembered is bounded, and forgotten without a change of answers', () => {
  for (let n = 0; n < 3000; n++)
    expect(unwritable(requestOf('POST', `/made-up-${n}`))?.openness).toBe('never');
  expect(unwritable(requestOf('GET', '/metrics'))).toBeUndefined();
});
