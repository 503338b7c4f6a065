import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { holdsSentinel, readSentinel, sentinel } from '../sentinel.ts';
import { compilePatterns } from './compile.ts';
import { printPath } from './path.ts';
import { textsHidden } from './wall.ts';

const hash = (text: string) => createHmac('sha256', 'key').update(text).digest('hex');
const patterns = compilePatterns({
  patterns: [{ name: 'pin', pattern: '(?i)pin[=:] ?(?P<hide>[0-9]+)|^pin-[0-9]+$' }],
});
const wall = textsHidden({ hash, patterns, behindSecrets: false });
const WORDS = '(hidden by chaperone: pin)';
const metadata = { name: 'web', uid: 'u1', resourceVersion: '7' };
const of = (path: string, index = 0, kind = 'value') =>
  sentinel(
    hash,
    { uid: 'u1', resourceVersion: '7' },
    { part: 'text', key: JSON.stringify([path, kind, index]) },
  );
const at = (...path: string[]) => of(printPath(path));

function shown(value: unknown, through = wall.body) {
  const outcome = through(value);
  if (outcome.kind !== 'masked') throw new Error(outcome.why);
  return outcome;
}

test('every text of an object is looked at, and a sentinel stands for each piece', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, annotations: { note: 'x pin=1 y pin=2', 'last-applied': '{"a":"pin=3\\n"}' } },
    data: { DOOR_PIN: '4', file: 'a\npin: 5\nb', none: 'pin' },
    immutable: true,
  };
  const note = printPath(['metadata', 'annotations', 'note']);
  expect(shown(object)).toEqual({
    kind: 'masked',
    count: 5,
    value: {
      ...object,
      metadata: {
        ...metadata,
        annotations: {
          note: `x pin=${of(note)} y pin=${of(note, 1)}`,
          'last-applied': `{"a":"pin=${at('metadata', 'annotations', 'last-applied')}\\n"}`,
        },
      },
      data: { DOOR_PIN: at('data', 'DOOR_PIN'), file: `a\npin: ${at('data', 'file')}\nb`, none: 'pin' },
    },
  });
});

test('an item of a list is found by its name, else by its index, and a variable by its own', () => {
  const env = [
    { name: 'PIN', value: '1' },
    { name: 'A', value: 'pin=2' },
  ];
  const twice = [
    { name: 'B', value: 'pin=3' },
    { name: 'B', value: 'x' },
  ];
  const path = (name: string | number, ...rest: (string | [string | number])[]) =>
    of(JSON.stringify(['spec', name, ...rest]));
  expect(shown({ metadata, spec: { env, twice, args: ['a', 'pin=4'] } }).value).toEqual({
    metadata,
    spec: {
      env: [
        { name: 'PIN', value: path('env', ['PIN'], 'value') },
        { name: 'A', value: `pin=${path('env', ['A'], 'value')}` },
      ],
      twice: [
        { name: 'B', value: `pin=${path('twice', [0], 'value')}` },
        { name: 'B', value: 'x' },
      ],
      args: ['a', `pin=${path('args', [1])}`],
    },
  });
});

test('a name of a field is hidden too, but not what tells which object it is', () => {
  const named = {
    apiVersion: 'pin-1',
    kind: 'pin-2',
    metadata: { ...metadata, name: 'pin-3', ownerReferences: [{ uid: 'pin-4' }] },
  };
  expect(shown(named)).toMatchObject({ count: 0, value: named });
  const path = printPath(['data', 'pin-5']);
  const { value, count } = shown({ metadata, data: { 'pin-5': 'a', __proto__: 'b', b: { name: 'pin-6' } } });
  expect(value).toMatchObject({ data: { [of(path, 0, 'key')]: 'a', b: { name: at('data', 'b', 'name') } } });
  expect(count).toBe(2);
});

test('each object of a list and of a Table has its own sentinels; what is beside them is said in words', () => {
  const item = (uid: string, data = 'pin=1') => ({
    metadata: { uid, resourceVersion: '9', name: uid },
    data,
  });
  const list = shown({
    kind: 'ConfigMapList',
    apiVersion: 'v1',
    metadata: { resourceVersion: 'pin-1', note: 'pin=2' },
    items: [item('a'), item('b'), item('c', 'x')],
  });
  const { items, metadata: meta } = list.value as { items: { data: string }[]; metadata: unknown };
  expect(meta).toEqual({ resourceVersion: 'pin-1', note: `pin=${WORDS}` });
  expect(new Set(items.map(({ data }) => data)).size).toBe(3);
  expect(readSentinel(items[0]?.data.slice(4) ?? '')).toMatchObject({ version: '9' });
  const table = shown({
    kind: 'Table',
    rows: [
      { cells: ['a', 'pin=1', 3], object: item('a') },
      { cells: ['pin=4'], object: null },
    ],
  });
  expect(table.value).toEqual({
    kind: 'Table',
    rows: [
      { cells: ['a', `pin=${WORDS}`, 3], object: items[0] },
      { cells: [`pin=${WORDS}`], object: null },
    ],
  });
  expect(table.count).toBe(3);
});

test('an object that has a field like a list is one object', () => {
  const { value } = shown({ kind: 'Menu', metadata, items: [{ name: 'a', price: 'pin=1' }] });
  expect(value).toMatchObject({ items: [{ price: `pin=${of(JSON.stringify(['items', ['a'], 'price']))}` }] });
});

test('an error is said in words, and an object without a version has sentinels that are never put back', () => {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    code: 422,
    message: 'spec: Invalid value: "pin=1"',
  };
  expect(shown(status).value).toEqual({ ...status, message: `spec: Invalid value: "pin=${WORDS}"` });
  const { value } = shown({ kind: 'Review', status: { note: 'pin=1' } });
  expect(readSentinel((value as { status: { note: string } }).status.note.slice(4))).toMatchObject({
    version: '0',
  });
});

test('of an event the object, an error and a bookmark', () => {
  const event = (object: unknown, type = 'ADDED') => shown({ type, object }, wall.event).value;
  expect(event({ kind: 'ConfigMap', metadata, data: { a: 'pin=1' } })).toMatchObject({
    object: { data: { a: `pin=${at('data', 'a')}` } },
  });
  expect(event({ kind: 'Status', metadata: {}, message: 'pin=1' }, 'ERROR')).toMatchObject({
    object: { message: `pin=${WORDS}` },
  });
  expect(event({ kind: 'Pod', metadata: { resourceVersion: '5' } }, 'BOOKMARK')).toEqual({
    type: 'BOOKMARK',
    object: { kind: 'Pod', metadata: { resourceVersion: '5' } },
  });
});

test('a warning is shown that quotes nothing hidden', () => {
  expect(wall.warning?.('299 - "unknown field \\"a\\""')).toBe(true);
  expect(wall.warning?.('299 - "spec.a: pin=1"')).toBe(false);
});

test('behind the wall of Secrets a text is left alone in which that hid something', () => {
  const behind = textsHidden({ hash, patterns, behindSecrets: true });
  const text = `pin=1 ${at('x')}`;
  const secret = {
    metadata: { ...metadata, annotations: { a: text, b: 'pin=1' } },
    data: { key: btoa(at('y')) },
  };
  const { value } = shown(secret, behind.body);
  expect(value).toMatchObject({ metadata: { annotations: { a: text } }, data: secret.data });
  expect(holdsSentinel((value as typeof secret).metadata.annotations.b)).toBe(true);
  expect(shown(secret).count).toBe(2);
});

test('what holds nothing hidden is the same object, and nothing is copied', () => {
  const object = { metadata, spec: { list: [1, 'a', null, { b: true }] } };
  expect(shown(object).value).toBe(object);
});

test('a copy of the object hides what the object does, for its name and in escapes', () => {
  const named = 'kubectl.kubernetes.io/last-applied-configuration';
  const copy = (text: string) => {
    const annotations = { [named]: text };
    const { value } = shown({ kind: 'ConfigMap', metadata: { ...metadata, annotations } });
    return (value as { metadata: { annotations: Record<string, string> } }).metadata.annotations[named];
  };
  const path = ['metadata', 'annotations', named];
  const piece = (index: number) => of(printPath(path), index);
  const stored = { data: { DOOR_PIN: '4', note: 'pin=5 <' }, spec: { env: [{ name: 'PIN', value: '6' }] } };
  expect(copy(`${JSON.stringify(stored)}\n`)).toBe(
    `{"data":{"DOOR_PIN":"${piece(0)}","note":"pin=${piece(1)} \\u003c"},"spec":{"env":[{"name":"PIN","value":"${piece(2)}"}]}}\n`,
  );
  expect(copy('{"a":"x \\u0026"}')).toBe('{"a":"x \\u0026"}');
  expect(copy('{"data":{"PIN":"4"},"data":{}}')).not.toContain('pin=');
  expect(copy('{"a":"pin=1","a":"x"}')).toBe(`{"a":"pin=${piece(0)}","a":"x"}`);
  expect(copy('H4sIAAAA')).toBe(piece(0));
});

test('an object that is nested deeper than can be walked is not shown', () => {
  const nested = (depth: number) => {
    let value: unknown = 'pin=1';
    for (let at = 0; at < depth; at += 1) value = at % 2 === 0 ? [value] : { a: value };
    return { metadata, value };
  };
  expect(shown(nested(900)).count).toBe(1);
  for (const through of [wall.body, wall.event])
    expect(through(nested(10_000))).toEqual({ kind: 'unreadable', why: 'is nested too deeply' });
});
