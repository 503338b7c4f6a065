import { expect, test } from 'vitest';
import { readEnvelope } from './envelope.ts';
import { enveloped, joined, message } from './test-protobuf.ts';

const prefix = new TextEncoder().encode('k8s\0');
const type = message([1, 'v1'], [2, 'ConfigMap']);
const meta = message([1, 'web'], [2, 'web-'], [3, 'shop'], [4, ''], [7, 3]);
const raw = message([1, meta], [2, 'data']);
const read = (...fields: Parameters<typeof message>) =>
  readEnvelope(joined([prefix, message(...fields)]), 'object');

test('an envelope tells the type and the names of its object', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', generateName: 'web-', namespace: 'shop' },
  };
  expect(readEnvelope(enveloped('v1', 'ConfigMap', raw), 'object')).toEqual({
    kind: 'enveloped',
    object,
    raw,
  });
  expect(read([9, 'more'], [2, raw], [1, type], [4, ''])).toEqual({ kind: 'enveloped', object, raw });
});

test('what it leaves out is empty', () => {
  const metadata = { name: '', generateName: '', namespace: '' };
  expect(readEnvelope(prefix, 'object')).toEqual({
    kind: 'enveloped',
    object: { apiVersion: '', kind: '', metadata },
    raw: new Uint8Array(),
  });
});

test('options have no metadata: the first field of theirs is another', () => {
  const options = message([1, 30], [4, 'Background']);
  expect(readEnvelope(enveloped('v1', 'DeleteOptions', options), 'options')).toMatchObject({
    kind: 'enveloped',
  });
  expect(readEnvelope(enveloped('v1', 'DeleteOptions', options), 'object')).toMatchObject({
    kind: 'malformed',
  });
});

test.each([
  ['no envelope', readEnvelope(new TextEncoder().encode('{}'), 'object'), 'is no object in protobuf'],
  ['half a prefix', readEnvelope(prefix.subarray(0, 3), 'object'), 'is no object in protobuf'],
  [
    'an envelope that is cut',
    readEnvelope(enveloped('v1', 'A', raw).subarray(0, 20), 'object'),
    'is in protobuf that cannot be read: its envelope',
  ],
  ['a type twice', read([1, type], [1, type], [2, raw]), 'has typeMeta twice'],
  ['an object twice', read([1, type], [2, raw], [2, raw]), 'has raw twice'],
  ['an apiVersion twice', read([1, message([1, 'v1'], [1, 'apps/v1'])], [2, raw]), 'has apiVersion twice'],
  [
    'metadata twice, which Go merges',
    read([1, type], [2, joined([raw, message([1, message([1, 'db'])])])]),
    'has metadata twice',
  ],
  ['a name twice', read([1, type], [2, message([1, message([1, 'web'], [1, 'db'])])]), 'has name twice'],
  [
    'a namespace twice',
    read([1, type], [2, message([1, message([3, 'shop'], [1, 'web'], [3, 'shop'])])]),
    'has namespace twice',
  ],
  [
    'metadata that are a number',
    read([1, type], [2, message([1, 5])]),
    'is in protobuf that cannot be read: metadata',
  ],
  [
    'metadata that cannot be read',
    read([1, type], [2, message([1, Uint8Array.of(0x0b)])]),
    'is in protobuf that cannot be read: metadata',
  ],
  [
    'an object that cannot be read',
    read([1, type], [2, Uint8Array.of(0x0b)]),
    'is in protobuf that cannot be read: the object',
  ],
  [
    'an object said to be compressed',
    read([1, type], [2, raw], [3, 'gzip']),
    'is an object in protobuf that is said to be encoded otherwise',
  ],
  [
    'an object said to be JSON',
    read([1, type], [2, raw], [4, 'application/json']),
    'is an object in protobuf that is said to be encoded otherwise',
  ],
])('is malformed: %s', (_, outcome, why) => {
  expect(outcome).toEqual({ kind: 'malformed', why: `its body ${why}` });
});
