import { expect, test } from 'vitest';
import { grantOf, policyOf, readPods, revealTls } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';
import { giftOf, isNarrower } from './narrower.ts';
import { attachRule, execRule, portsRule } from './streams.fixture.ts';

test('gives the whole scope where a Grant has no rules of its own', () => {
  expect(giftOf(grantOf(), policyOf())).toEqual({ kind: 'gives', rules: [revealTls], durationMs: 600_000 });
});

test('gives less where a Grant asks for less', () => {
  const { reveal: _, ...masked } = revealTls;
  expect(giftOf(grantOf({ rules: [masked] }), policyOf())).toMatchObject({ kind: 'gives', rules: [masked] });
});

test.each([
  ['a scope that the policy does not have', { scope: 'other' }, 'spec.scope'],
  ['a longer time than the scope', { duration: '11m' }, 'spec.duration'],
  ['a rule beyond the scope', { rules: [revealTls, readPods] }, 'spec.rules[1]'],
])('gives nothing for %s, and names the field', (_, spec, field) => {
  expect(giftOf(grantOf(spec), policyOf())).toMatchObject({ kind: 'nothing', field });
});

const outer: Rule = {
  namespaces: ['a', 'b'],
  apiGroups: ['', 'x'],
  resources: ['r', 's'],
  verbs: ['get', 'list'],
};
const { namespaces: _, ...anywhere } = outer;

test.each<[string, Rule, Rule]>([
  ['itself', outer, outer],
  ['fewer namespaces', { ...outer, namespaces: ['b'] }, outer],
  ['some objects of all', { ...outer, resourceNames: ['n'] }, outer],
  ['one namespace of all', outer, { ...anywhere, allNamespaces: true }],
  ['a filtered list in a whole one', { ...outer, resourceNames: ['n'], filter: true }, outer],
  [
    'fewer objects in a filtered list',
    { ...outer, resourceNames: ['n'], filter: true },
    { ...outer, resourceNames: ['m', 'n'], filter: true },
  ],
  [
    'a list by name in a filtered one',
    { ...outer, resourceNames: ['n'] },
    { ...outer, resourceNames: ['n'], filter: true },
  ],
  [
    'fewer paths',
    { nonResourceURLs: ['/a'], verbs: ['get'] },
    { nonResourceURLs: ['/a', '/b'], verbs: ['get', 'head'] },
  ],
  [
    'one container, a longer command and a recording',
    execRule(['app'], ['ls', '-l']),
    { ...execRule(['app', 'db'], ['sh'], ['ls']), record: 'optional' },
  ],
  ['a recording that is said', { ...attachRule('app'), record: 'required' }, attachRule('app')],
  ['fewer ports', portsRule(80), portsRule(443, 80)],
  ['ports that are recorded', { ...portsRule(80), record: 'required' }, portsRule(80)],
])('finds %s within', (_, inner, of) => {
  expect(isNarrower(inner, of)).toBe(true);
});

test.each<[string, Rule, Rule]>([
  ['one more namespace', { ...outer, namespaces: ['a', 'c'] }, outer],
  ['all namespaces in some', { ...anywhere, allNamespaces: true }, outer],
  [
    'cluster scope in all namespaces',
    { ...anywhere, clusterScoped: true },
    { ...anywhere, allNamespaces: true },
  ],
  [
    'all namespaces in cluster scope',
    { ...anywhere, allNamespaces: true },
    { ...anywhere, clusterScoped: true },
  ],
  ['namespaces in cluster scope', outer, { ...anywhere, clusterScoped: true }],
  ['one more group', { ...outer, apiGroups: ['y'] }, outer],
  ['one more resource', { ...outer, resources: ['r', 't'] }, outer],
  ['one more verb', { ...outer, verbs: ['get', 'watch'] }, outer],
  ['all objects of some', outer, { ...outer, resourceNames: ['n'] }],
  ['another object', { ...outer, resourceNames: ['m'] }, { ...outer, resourceNames: ['n'] }],
  [
    'a filtered list in one by name',
    { ...outer, resourceNames: ['n'], filter: true },
    { ...outer, resourceNames: ['n'] },
  ],
  ['a whole list in a filtered one', outer, { ...outer, resourceNames: ['n'], filter: true }],
  ['what is shown of what is hidden', { ...outer, reveal: true }, outer],
  ['paths in resources', { nonResourceURLs: ['/a'], verbs: ['get'] }, outer],
  ['resources in paths', outer, { nonResourceURLs: ['/a'], verbs: ['get', 'head'] }],
  ['another container', execRule(['db'], ['ls']), execRule(['app'], ['ls'])],
  ['another command', execRule(['app'], ['ls'], ['sh']), execRule(['app'], ['ls'])],
  ['a shorter command', execRule(['app'], ['ls']), execRule(['app'], ['ls', '-l'])],
  ['another port', portsRule(80, 81), portsRule(80)],
  ['less than a recording', { ...attachRule('app'), record: 'optional' }, attachRule('app')],
  ['no recording in one', portsRule(80), { ...portsRule(80), record: 'required' }],
])('does not find %s within', (_, inner, of) => {
  expect(isNarrower(inner, of)).toBe(false);
});
