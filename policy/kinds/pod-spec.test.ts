import { expect, test } from 'vitest';
import { isNarrower } from '../narrower.ts';
import { parse } from './parse-strictly.ts';
import type { PodSpecPermits } from './pod-spec.ts';
import { NeverRule, Rule } from './rule.ts';

const rule = {
  namespaces: ['shop'],
  apiGroups: ['apps'],
  resources: ['deployments'],
  verbs: ['create', 'update', 'patch'],
  podSpec: { secrets: ['web-tls'] },
};
const read = (more: object) => {
  const parsed = parse(Rule, { ...rule, ...more });
  return parsed.kind === 'valid' ? 'valid' : parsed.field;
};

test.each<[string, object]>([
  ['a workload', {}],
  [
    'pods and their ephemeral containers',
    { apiGroups: [''], resources: ['pods', 'pods/ephemeralcontainers'], resourceNames: ['a'] },
  ],
  [
    'every field',
    {
      podSpec: {
        secrets: ['a'],
        serviceAccountNames: ['a'],
        hostPaths: ['/var/log/a.b-c_d'],
        hostNamespaces: ['network', 'pid', 'ipc'],
        privileged: true,
        capabilities: ['NET_ADMIN'],
        tokenAudiences: ['https://vault.example'],
        csiDrivers: ['secrets-store.csi.k8s.io'],
      },
    },
  ],
])('goes with %s', (_, more) => {
  expect(read(more)).toBe('valid');
});

test.each<[string, object, string]>([
  ['reads', { verbs: ['get', 'create'] }, 'podSpec'],
  ['deletes', { verbs: ['delete'] }, 'podSpec'],
  ['another kind', { resources: ['deployments', 'deployments/scale'] }, 'podSpec'],
  ['a kind of another group', { apiGroups: ['apps', 'example.com'] }, 'podSpec'],
  [
    'paths',
    {
      namespaces: undefined,
      apiGroups: undefined,
      resources: undefined,
      nonResourceURLs: ['/metrics'],
      verbs: ['get'],
    },
    'podSpec',
  ],
  ['a wildcard', { podSpec: { secrets: ['*'] } }, 'podSpec.secrets[0]'],
  ['a path that begins nowhere', { podSpec: { hostPaths: ['var'] } }, 'podSpec.hostPaths[0]'],
  ['privileged: false', { podSpec: { privileged: false } }, 'podSpec.privileged'],
  ['an empty list', { podSpec: { secrets: [] } }, 'podSpec.secrets'],
  ['a field that it has not', { podSpec: { secret: ['a'] } }, 'podSpec.secret'],
])('does not go with %s', (_, more, field) => {
  expect(read(more)).toBe(field);
});

test('a never has none: it takes away', () => {
  expect(parse(NeverRule, rule)).toMatchObject({ kind: 'invalid', field: 'podSpec' });
});

test.each<[boolean, PodSpecPermits | undefined, PodSpecPermits | undefined]>([
  [true, undefined, { secrets: ['a'] }],
  [true, { secrets: ['a'] }, { secrets: ['a', 'b'], privileged: true }],
  [true, { privileged: true }, { privileged: true }],
  [false, { secrets: ['a'] }, undefined],
  [false, { secrets: ['a', 'b'] }, { secrets: ['a'] }],
  [false, { hostPaths: ['/a'] }, { secrets: ['a'] }],
  [false, { privileged: true }, { secrets: ['a'] }],
])('a Grant has it within its scope: %s for %j within %j', (within, inner, outer) => {
  const of = (podSpec: PodSpecPermits | undefined) => ({ ...rule, podSpec }) as Rule;
  expect(isNarrower(of(inner), of(outer))).toBe(within);
});
