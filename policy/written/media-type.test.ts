import { expect, test } from 'vitest';
import { formOf } from './media-type.ts';

const form = (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', type?: string) => {
  const found = formOf(method, type);
  return found && `${found.kind}${found.yaml ? ' in YAML' : ''}`;
};

test.each([
  [undefined, 'object'],
  ['', 'object'],
  ['application/json', 'object'],
  ['application/json;stream=watch', 'object'],
  ['application/json; charset=utf-8', 'object'],
  [' Application/JSON ;a', 'object'],
  ['application/yaml', 'object in YAML'],
  ['application/vnd.kubernetes.protobuf', 'protobuf'],
  ['application/vnd.kubernetes.protobuf;stream=watch', 'protobuf'],
  ['application/cbor', undefined],
  ['application/json, application/yaml', undefined],
  ['application/merge-patch+json', undefined],
  ['text/plain', undefined],
  [';', undefined],
])('an object of type %j is read as %s, by every method but PATCH', (type, expected) => {
  for (const method of ['POST', 'PUT', 'DELETE'] as const) expect(form(method, type)).toBe(expected);
});

test.each([
  ['application/json-patch+json', 'operations'],
  ['application/json-patch+json;charset=utf-8', 'operations'],
  ['application/merge-patch+json', 'object'],
  ['application/strategic-merge-patch+json', 'object'],
  ['application/apply-patch+yaml', 'object in YAML'],
  ['application/apply-patch+cbor', undefined],
  ['application/json-patch+json ;charset=utf-8', undefined],
  ['Application/json-patch+json', undefined],
  ['application/json', undefined],
  ['application/vnd.kubernetes.protobuf', undefined],
  [undefined, undefined],
  ['', undefined],
])('a patch of type %j is read as %s', (type, expected) => {
  expect(form('PATCH', type)).toBe(expected);
});
