import { expect, test } from 'vitest';
import { isLabelSelector } from './label-selector.ts';

// What selector_test.go of k8s.io/apimachinery/pkg/labels (1.36) looks at: TestSelectorParse, TestLexer, TestParseOperator,
// TestRequirementConstructor, TestSetSelectorParser; a line is a selector.
const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

const READ = `
  a=b
  x=a,y=b,z=c
  x!=a,y=b
  x=a,y!=b,z in (h,i,j)
  x==a
  x=
  x=,z=
  x>1
  x>1,z<5
  x<7
  x
  !x
  ! x
  x,!y
  x,y in (a)
  notin=in
  in
  notin
  in in (in,notin)
  notin notin (notin)
  exists
  a in ()
  x in (a)
  x in (abc,)
  x in (abc,abc)
  x in (a,,)
  x in (a,,,,,,)
  x in (,a)
  x in (,,)
  x in(a,,b),y,z notin ()
  x notin ( )
  x notin (, a)
  x notin (abc,,def),bar,z in (),w
  a in (x,y,notin, z,in)
  this-is-a-dns.domain.com/key-with-dash
  this-is-another-dns.domain.com/key-with-dash in (so,what)
  0.1.2.domain/99 notin (10.10.100.1, tick.tack.clock)
  app.kubernetes.io/name=web
  x = a , y
`;

test.each([
  '',
  ' ',
  'x= ',
  'x=,z= ',
  'x= ,z= ',
  'a ',
  '\rx',
  'foo  in\t (abc)',
  'x notin\n (abc)',
  ...lines(READ),
])('reads %j', (selector) => {
  expect(isLabelSelector(selector)).toBe(true);
});

const REFUSED = `
  x=a||y=b
  x==a==b
  !x=a
  !x in (a)
  x<a
  x>
  x>=1
  x exists
  x !
  a,
  ,a
  a,,b
  x,,y
  ,x,y
  !
  !!x
  a b
  a in
  a in b
  a in (b
  a in (b c)
  a in (xyz abc)
  a in (b))
  a in (xyz),
  a in (xyz)b notin ()
  a notin (!)
  a notin(
  a (
  (
  ()
  ~
  ||
  x nott in (y)
  x=-a
  x=a-
  x=a b
  a/b/c=d
  /x
  x/
  A.b/x=y
  == != (), = notin
`;

test.each([
  ...lines(REFUSED),
  'x\u00a0=a',
  'x=\u00a0',
  `${'k'.repeat(64)}=v`,
  `k=${'v'.repeat(64)}`,
  `${'a'.repeat(254)}`,
  `${'p'.repeat(254)}/k=v`,
])('does not read %j', (selector) => {
  expect(isLabelSelector(selector)).toBe(false);
});

test('takes keys, prefixes and values up to their bounds', () => {
  expect(isLabelSelector(`${'k'.repeat(63)}=${'v'.repeat(63)}`)).toBe(true);
  expect(isLabelSelector(`${'p'.repeat(253)}/k`)).toBe(true);
});
