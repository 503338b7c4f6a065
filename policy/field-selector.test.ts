import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectedName } from './field-selector.ts';

// Each pair was read off k8s.io/apimachinery/pkg/fields/selector.go.
test.each([
  ['', undefined],
  ['metadata.name=web', 'web'],
  ['metadata.name==web', 'web'],
  ['metadata.name!=web', undefined],
  ['metadata.name=', undefined],
  ['metadata.namespace=shop,metadata.name=web', 'web'],
  ['status.phase!=Running,,metadata.name=web,', 'web'],
  ['metadata.name=web,metadata.name==web', 'web'],
  ['metadata.name=a\\,b', 'a,b'],
  ['metadata.name=a\\=b', 'a=b'],
  ['metadata.name=a\\\\b', 'a\\b'],
  ['x=metadata.name\\=web', undefined],
  [' metadata.name=web', undefined],
  ['metadata.name=.', undefined],
  ['metadata.name=..', undefined],
  ['metadata.name=a/b', undefined],
  ['metadata.name=a%b', undefined],
  ['=', undefined],
])('reads %j as naming %j', (selector, name) => {
  expect(selectedName(selector)).toEqual({ kind: 'selected', name });
});

test.each(['metadata.name', 'a=b,c', 'a=b=c', 'metadata.name===web', 'a=\\x', 'a=b\\', 'a=b,\\'])(
  'refuses %j, which upstream cannot read',
  (selector) => {
    expect(selectedName(selector).kind).toBe('malformed');
  },
);

test('refuses two names of one object', () => {
  expect(selectedName('metadata.name=a,metadata.name=b').kind).toBe('malformed');
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
