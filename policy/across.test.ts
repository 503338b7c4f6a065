import { expect, test } from 'vitest';
import { askingFor } from './across.ts';
import type { Basis } from './basis.ts';
import { requestOf } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';

const ground = { namespace: 'agents', pod: 'triage', podUid: '0b9f', systemNamespace: 'chaperone-system' };
const asking = (path: string, basis: Pick<Basis, 'rule' | 'filter'> = {}) => {
  const { target, exceptNamespace } = askingFor(requestOf('GET', path), ground, basis);
  return { target: decodeURIComponent(target), exceptNamespace };
};
const rule = (place: object): Rule =>
  ({ ...place, apiGroups: ['x.io'], resources: ['widgets'], verbs: ['list'] }) as Rule;
const everywhere = { rule: rule({ allNamespaces: true }) };
const nowhere = { rule: rule({ clusterScoped: true }) };
const OUT = 'metadata.namespace!=chaperone-system';
const widgets = '/apis/x.io/v1/widgets';

test.each([
  ['/api/v1/pods', `/api/v1/pods?fieldSelector=${OUT}`],
  ['/api/v1/pods?watch=1&limit=5', `/api/v1/pods?watch=1&limit=5&fieldSelector=${OUT}`],
  [
    '/api/v1/configmaps?fieldSelector=metadata.namespace%3Dchaperone-system',
    `/api/v1/configmaps?fieldSelector=metadata.namespace=chaperone-system,${OUT}`,
  ],
  ['/api/v1/pods?fieldSelector=&limit=5', `/api/v1/pods?limit=5&fieldSelector=${OUT}`],
])('%s, which lies in namespaces, is asked for without chaperone’s own', (asked, target) => {
  expect(asking(asked)).toEqual({ target, exceptNamespace: undefined });
});

test.each([
  [widgets, `${widgets}?fieldSelector=${OUT}`],
  [
    '/apis/x.io/v1/watch/widgets/web',
    `/apis/x.io/v1/watch/widgets/web?fieldSelector=${OUT},metadata.name=web`,
  ],
  [`${widgets}?fieldSelector=metadata.name%3Dweb`, `${widgets}?fieldSelector=metadata.name=web,${OUT}`],
])('so is %s, where the rule says that it lies in them', (asked, target) => {
  expect(asking(asked, everywhere)).toEqual({ target, exceptNamespace: undefined });
});

test.each([widgets, `${widgets}?watch=1`, '/apis/x.io/v1/watch/widgets/web', '/api/v1/futurethings'])(
  '%s, of which nobody knows, is asked for as it was, and its answer is read',
  (asked) => {
    const read = { target: asked, exceptNamespace: 'chaperone-system' };
    expect([asking(asked), asking(asked, nowhere)]).toEqual([read, read]);
  },
);

test.each([
  ['/api/v1/namespaces/shop/pods', '/api/v1/namespaces/shop/pods?fieldSelector=metadata.name=web'],
  [
    '/api/v1/namespaces/shop/pods?watch=1&fieldSelector=status.phase%3DRunning',
    '/api/v1/namespaces/shop/pods?watch=1&fieldSelector=status.phase=Running,metadata.name=web',
  ],
  ['/api/v1/nodes?limit=5', '/api/v1/nodes?limit=5&fieldSelector=metadata.name=web'],
])('%s that may show one object asks for that one', (asked, target) => {
  expect(asking(asked, { filter: ['web'] })).toEqual({ target, exceptNamespace: undefined });
  expect(asking('/api/v1/namespaces/shop/pods', { filter: ['web', 'db'] }).target).toBe(
    '/api/v1/namespaces/shop/pods',
  );
});

test('of an unknown kind that may show one object both are seen to', () => {
  const target = `${widgets}?fieldSelector=metadata.name=web`;
  expect(asking(widgets, { ...nowhere, filter: ['web'] })).toEqual({
    target,
    exceptNamespace: 'chaperone-system',
  });
});

test.each([
  '/api/v1/namespaces/shop/pods?limit=5',
  '/apis/x.io/v1/namespaces/shop/widgets',
  '/api/v1/nodes',
  '/api/v1/watch/nodes/n1',
  '/api/v1/watch/namespaces/shop',
  '/api/v1/nodes/n1',
  '/apis/apps/v1',
])('%s is asked for as it was', (asked) => {
  expect(asking(asked)).toEqual({ target: asked, exceptNamespace: undefined });
});
