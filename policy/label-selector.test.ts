import { expect, test } from 'vitest';
import { isLabelSelector } from './label-selector.ts';

// Upstream's own cases (k8s.io/apimachinery/pkg/labels/selector_test.go, TestSelectorParse and around it), and ours.
test.each([
  '',
  'a=b',
  'x=a,y=b,z=c',
  'x!=a,y=b',
  'x=',
  'x= ',
  'x=,z= ',
  'x= ,z= ',
  'x>1',
  'x>1,z<5',
  'x',
  '!x',
  '! x',
  'x,!y',
  'in',
  'in in (in,notin)',
  'a in ()',
  'x in (a)',
  'x in(a,,b),y,z notin ()',
  'x in (,a)',
  'x in (a,)',
  'x in (,,)',
  'app.kubernetes.io/name=web',
  ' x = a , y ',
])('reads %j', (selector) => {
  expect(isLabelSelector(selector)).toBe(true);
});

test.each([
  'x=a||y=b',
  'x==a==b',
  '!x=a',
  'x<a',
  'x>',
  'a,',
  ',a',
  'a,,b',
  '!',
  'a b',
  'a in',
  'a in b',
  'a in (b',
  'a in (b c)',
  'a in (b))',
  'a notin (!)',
  '()',
  'x=-a',
  'a/b/c=d',
  '/x',
  'A.b/x=y',
  'x=a b',
  'x\u00a0=a',
  `${'k'.repeat(64)}=v`,
  `k=${'v'.repeat(64)}`,
  `${'p'.repeat(254)}/k=v`,
])('does not read %j', (selector) => {
  expect(isLabelSelector(selector)).toBe(false);
});
