import { expect, test } from 'vitest';
import { decide, type Permit } from '../policy/decide.ts';
import { entitlementsOf, policyOf, requestOf } from '../policy/fixtures.ts';
import { createPatterns } from './patterns.ts';
import { createSealing } from './sealing.ts';
import { wallFor } from './wall.ts';

const PATTERNS = { patterns: [{ name: 'pin', pattern: 'pin=(?P<hide>[0-9]+)' }] };
const rules = ['', 'apps', 'a.example', 'metrics.k8s.io'].map((group) => ({
  namespaces: ['shop'],
  apiGroups: [group],
  resources: ['doors', 'pods', 'deployments'],
  verbs: ['get', 'list', 'watch', 'create', 'deletecollection'] as const,
}));
const ownKinds = { ...rules[0], apiGroups: ['chaperone.dev'], resources: ['grants'], verbs: ['get'] };
const grants = { ...ownKinds, resourceNames: ['mine'] };

async function walled(target: string, masking: object | undefined, method = 'GET') {
  const policies = [policyOf({ masking, standing: { lifetime: '8h', rules: [...rules, grants] } })];
  const permit = decide(requestOf(method, target), entitlementsOf({ policies }), 1);
  if (permit.kind === 'refusal') throw new Error(permit.message);
  const patterns = createPatterns();
  await patterns.ready(permit as Permit);
  return wallFor(permit, {
    patterns,
    hash: () => '0'.repeat(64),
    sealing: createSealing(Buffer.alloc(32, 7)),
  });
}
const doors = '/apis/a.example/v1/namespaces/shop/doors';
const pods = '/api/v1/namespaces/shop/pods';

test.each([
  [doors, PATTERNS, false],
  [`${doors}/front`, { wellKnown: true }, false],
  ['/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods', PATTERNS, false],
  ['/apis/apps/v1/namespaces/shop/doors', PATTERNS, false],
  ['/apis/chaperone.dev/v1alpha1/namespaces/shop/grants/mine', PATTERNS, false],
  [pods, PATTERNS, true],
  ['/apis/apps/v1/namespaces/shop/deployments/web', PATTERNS, true],
  [doors, undefined, true],
  [doors, { releases: [{ namespace: 'shop', name: 'web' }] }, true],
])(
  'under patterns a Table is shown only where the API server chose its columns: %s',
  async (target, masking, tables) => {
    expect(await walled(target, masking)).toMatchObject({ kind: 'walled', tables });
  },
);

test.each([
  [`${doors}?fieldSelector=spec.pin%3D4444`, 'GET'],
  [`${doors}?watch=true&fieldSelector=metadata.name%3Dweb,spec.pin%3D4444`, 'GET'],
  [`${doors}?fieldSelector=spec.pin!%3D4444`, 'DELETE'],
])('and no field of another kind is selected by: %s', async (target, method) => {
  const refused = await walled(target, PATTERNS, method);
  expect(refused).toMatchObject({ kind: 'refusal', code: 'HiddenSelected', httpStatus: 403 });
  expect(await walled(target, undefined, method)).toMatchObject({ kind: 'walled' });
});

test.each([
  `${doors}?fieldSelector=metadata.name%3Dweb,metadata.namespace!%3Da`,
  `${doors}?labelSelector=a%3Db`,
  `${pods}?fieldSelector=spec.nodeName%3Da`,
  `${doors}/front?fieldSelector=spec.pin%3D4444`,
])(
  'what names objects, and what the API server selects of its own kinds, is asked for as ever: %s',
  async (target) => {
    expect(await walled(target, PATTERNS)).toMatchObject({ kind: 'walled' });
  },
);
