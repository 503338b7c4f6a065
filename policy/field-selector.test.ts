import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isByNameAlone, selectedName } from './field-selector.ts';

// What selector_test.go of k8s.io/apimachinery/pkg/fields (1.36) looks at, told by the name that a selector requires:
// how terms are split, which operator splits one, what an escape stands for.
test.each([
  ['', undefined],
  [',', undefined],
  ['metadata.name=web', 'web'],
  ['metadata.name==web', 'web'],
  ['metadata.name!=web', undefined],
  ['metadata.name=', undefined],
  ['metadata.name==', undefined],
  ['metadata.name!=', undefined],
  ['=', undefined],
  ['=web', undefined],

  ['x=a,y=b,metadata.name=web', 'web'],
  ['x=a,y==b,z!=c,metadata.name=web', 'web'],
  ['metadata.name=web,', 'web'],
  [',metadata.name=web', 'web'],
  ['status.phase!=Running,,metadata.name=web,', 'web'],
  ['metadata.name=web,metadata.name==web', 'web'],
  ['metadata.name=web,metadata.name!=db', 'web'],
  ['metadata.namespace=shop,metadata.name=web', 'web'],

  [String.raw`metadata.name=\,,k2=v2`, ','],
  [String.raw`metadata.name=\\,k2=v2`, '\\'],
  [String.raw`metadata.name=\\\,,k2=v2`, '\\,'],
  [String.raw`metadata.name=a\,b`, 'a,b'],
  [String.raw`metadata.name=a\=\=b`, 'a==b'],
  [String.raw`metadata.name=\\\=\,\\`, '\\=,\\'],
  [String.raw`metadata.name=\=value\\\,\\`, '=value\\,\\'],
  [String.raw`x=metadata.name\=web`, undefined],
  [String.raw`x=a,metadata.name\=web`, undefined],
  ['함=수,metadata.name=목록', '목록'],

  [' metadata.name=web', undefined],
  ['metadata.name =web', undefined],
  ['Metadata.Name=web', undefined],
  ['metadata.name= web', ' web'],
  ['notin=in', undefined],

  ['metadata.name=.', undefined],
  ['metadata.name=..', undefined],
  ['metadata.name=...', '...'],
  ['metadata.name=a/b', undefined],
  ['metadata.name=a%b', undefined],
])('reads %j as naming %j', (selector, name) => {
  expect(selectedName(selector)).toEqual({ kind: 'selected', name });
});

test.each([
  ...['x', 'metadata.name', 'x=a,b', 'metadata.name=web,x', 'x in (a)', 'x in (a,b,c)'],
  ...['x=a||y=b', 'x==a==b', 'a=b=c', 'metadata.name===web', 'metadata.name!==web'],
  ...[
    '\\',
    String.raw`a=\x`,
    String.raw`a=\a\b`,
    'a=b\\',
    String.raw`a=\\\ `.trimEnd(),
    'a=b,\\',
    'metadata.name=\\',
  ],
])('refuses %j, which upstream cannot read', (selector) => {
  expect(selectedName(selector).kind).toBe('malformed');
});

test('refuses two names of one object, of which upstream takes what sorts first', () => {
  expect(selectedName('metadata.name=a,metadata.name=b').kind).toBe('malformed');
  expect(selectedName('metadata.name=b,metadata.name==a').kind).toBe('malformed');
});

test('finds any name that is escaped as upstream escapes it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      const escaped = name.replace(/[\\,=]/g, '\\$&');
      const counts = !['.', '..'].includes(name) && !/[/%]/.test(name);
      expect(selectedName(`a!=b,metadata.name=${escaped}`)).toEqual({
        kind: 'selected',
        name: counts ? name : undefined,
      });
    }),
  );
});

test.each([
  ['', true],
  ['metadata.name=web', true],
  ['metadata.name!=web,metadata.namespace==shop,', true],
  ['spec.pin=4444', false],
  ['metadata.name=web,spec.pin!=4444', false],
  ['metadata.namespace=shop,,spec.pin==4', false],
  ['metadata.labels=a', false],
  ['Metadata.name=web', false],
  [String.raw`metadata.name=a\,spec.pin=4`, true],
  ['spec.pin', false],
])('whether %j asks for names and namespaces alone: %j', (selector, isSo) => {
  expect(isByNameAlone(selector)).toBe(isSo);
});
