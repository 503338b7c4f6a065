// Guesses: whatever is written, by whatever form, over, beside or instead of what is hidden, no answer tells a right one.
import { describe, expect, test } from 'vitest';
import type { Write } from '../put-back/put-back.ts';
import { code, goesOn, type Json, live, pod, putInto, shown } from './test-objects.ts';

const metadata = { name: 'web', uid: 'u1', resourceVersion: '7' };
const OVER = 'HiddenTextOverwritten';
const FORMS = ['object', 'apply', 'merge', 'strategic'] as const;
const of = (object: Json, form: Write['form'], value: unknown, rest: Partial<Write> = {}) =>
  code(putInto(object, form, value, rest));
const patch = (object: Json, ...operations: object[]) => of(object, 'operations', operations);

describe('in a list that is known by name', () => {
  const word = (value: string, name = 'A') => ({ name, value });
  const container = (...env: object[]) => ({
    spec: { template: { spec: { containers: [{ name: 'c', env }] } } },
  });
  const deployment = (...env: object[]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    ...container(...env),
  });

  test.each(FORMS)('an item is itself wherever it stands, and others are free, in %s', (form) => {
    const object = deployment(word('secret-a'), word('z', 'B'));
    const [hidden] = shown(object).spec.template.spec.containers[0].env;
    const written = container(word('new', 'C'), word('newer', 'B'), hidden);
    const put = goesOn(putInto(object, form, written));
    expect(put.spec.template.spec.containers[0].env).toEqual([
      word('new', 'C'),
      word('newer', 'B'),
      word('secret-a'),
    ]);
    expect(goesOn(putInto(object, form, container(word('z', 'B')))).spec).toEqual(
      container(word('z', 'B')).spec,
    );
  });

  test.each(FORMS)('nothing plain goes over one, nor beside it under its name, in %s', (form) => {
    const object = deployment(word('secret-a'), word('z', 'B'));
    const [hidden] = shown(object).spec.template.spec.containers[0].env;
    for (const env of [
      [word('guess')],
      [hidden, word('guess')],
      [word('guess'), hidden],
      [{ ...hidden, name: 'B' }],
    ])
      expect(of(object, form, container(...env))).toEqual([
        expect.stringMatching(/HiddenText|Misplaced/),
        expect.any(String),
      ]);
  });

  test.each(FORMS)('nothing else takes its name while it goes, in %s', (form) => {
    const object = deployment(word('secret-a'), word('z', 'B'));
    const gone = { name: 'A', $patch: 'delete' };
    for (const env of [
      [word('secret-a')],
      [gone, word('secret-a')],
      [word('secret-a'), gone],
      [{ $patch: 'replace' }, word('secret-a')],
      [{ ...word('secret-a'), $patch: 'replace' }],
    ])
      expect(of(object, form, container(...env))).toEqual([OVER, expect.any(String)]);
  });

  test('no operation gives its name to another, also where that hides nothing', () => {
    const object = deployment(word('secret-a'), word('z', 'B'));
    const containers = '/spec/template/spec/containers';
    object.spec.template.spec.containers.push({ name: 'd', env: [] });
    const renames = [
      { op: 'replace', path: `${containers}/0/env/1/name`, value: 'A' },
      { op: 'add', path: `${containers}/0/env/1/name`, value: 'A' },
      { op: 'remove', path: `${containers}/0/env/1/name` },
      { op: 'copy', from: '/metadata/name', path: `${containers}/0/env/1/name` },
      { op: 'move', from: '/metadata/labels/a', path: `${containers}/0/env/1/name` },
      { op: 'replace', path: `${containers}/1/name`, value: 'c' },
      { op: 'add', path: `${containers}/9/name`, value: 'c' },
    ];
    for (const rename of renames)
      expect(patch(object, rename), JSON.stringify(rename)).toEqual([OVER, expect.any(String)]);
    const guess = { op: 'replace', path: `${containers}/0/env/1/value`, value: 'secret-a' };
    expect(patch(object, guess, { op: 'remove', path: `${containers}/0/env/0` })).toBe('putBack');
  });

  test.each(FORMS)(
    'whose names are hidden, or not apart, it is written as shown or not at all, in %s',
    (form) => {
      for (const object of [deployment(word('x', 'secret-a')), deployment(word('secret-a'), word('z'))]) {
        const { spec } = shown(object);
        expect(goesOn(putInto(object, form, { spec })).spec).toEqual(object.spec);
        expect(of(object, form, container(word('x', 'guess')))).toEqual([OVER, expect.any(String)]);
        expect(of(object, form, { spec: { template: null } })).toBe('putBack');
      }
    },
  );

  test('a kind of somebody else has no such lists', () => {
    const object = { apiVersion: 'a.example/v1', kind: 'Door', metadata, ...container(word('secret-a')) };
    expect(of(object, 'apply', container(word('z', 'B')))).toEqual([OVER, expect.any(String)]);
  });

  test('an operation moves no item under another index, and renames none', () => {
    const at = (path: string) => `/spec/containers/1/env/0${path}`;
    const moves = [
      [{ op: 'add', path: '/spec/containers/0', value: { name: 'z' } }, 2],
      [{ op: 'remove', path: '/spec/containers/0' }, 0],
      [{ op: 'replace', path: '/spec/containers', value: shown(pod()).spec.containers.toReversed() }, 0],
    ] as const;
    for (const [move, index] of moves)
      for (const op of ['test', 'replace'])
        expect(patch(pod(), move, { op, path: `/spec/containers/${index}/env/0/value`, value: '2' })).toEqual(
          [OVER, expect.any(String)],
        );
    expect(patch(pod(), { op: 'replace', path: at('/name'), value: 'Q' })).toEqual([
      OVER,
      expect.any(String),
    ]);
    expect(
      patch(pod(), { op: 'add', path: '/spec/containers/1/env/-', value: { name: 'PIN', value: '2' } }),
    ).toEqual([OVER, expect.any(String)]);
    expect(
      patch(pod(), { op: 'add', path: '/spec/containers/1/env/-', value: { name: 'B', value: '2' } }),
    ).toBe('putBack');
    expect(patch(pod(), { op: 'remove', path: at('') })).toBe('putBack');
  });
});

describe('in a list of which only its kind knows what its items are known by', () => {
  const users = [
    { id: 'x', word: 'plain' },
    { id: 'y', word: 'secret-a' },
  ];
  const custom = {
    apiVersion: 'a.example/v1',
    kind: 'Door',
    metadata,
    spec: { users, words: ['a', 'secret-a'], open: true },
  };
  const { spec } = shown(custom);

  test.each(FORMS)('it is written as it is shown, or not at all, in %s', (form) => {
    expect(goesOn(putInto(custom, form, { spec: { ...spec, open: false } })).spec).toEqual({
      ...custom.spec,
      open: false,
    });
    expect(goesOn(putInto(custom, form, { spec: { open: false } })).spec).toEqual({ open: false });
    const [first, second] = spec.users;
    const wrong = [
      [{ id: 'y', word: 'secret-a' }],
      [second, first],
      [second],
      [{ ...first, word: 'new' }, second],
      [first, { ...second, id: 'z' }],
    ];
    for (const list of wrong)
      expect(of(custom, form, { spec: { users: list } })).toEqual([OVER, 'spec.users']);
    for (const words of [['secret-a'], ['a', 'secret-b'], ['a']])
      expect(of(custom, form, { spec: { words } })).toEqual([OVER, 'spec.words']);
  });

  test('no operation goes into it', () => {
    expect(patch(custom, { op: 'replace', path: '/spec/users', value: spec.users })).toBe('putBack');
    expect(patch(custom, { op: 'remove', path: '/spec/users' })).toBe('putBack');
    for (const operation of [
      { op: 'add', path: '/spec/users/0', value: { id: 'z' } },
      { op: 'remove', path: '/spec/users/0' },
      { op: 'test', path: '/spec/users/1/word', value: spec.users[1].word },
      { op: 'test', path: '/spec/users/0/word', value: 'plain' },
    ])
      expect(patch(custom, operation)).toEqual([OVER, expect.any(String)]);
  });

  test('no directive names what is in it', () => {
    for (const directive of ['$deleteFromPrimitiveList', '$setElementOrder', '$anything'])
      expect(of(custom, 'strategic', { spec: { [`${directive}/words`]: ['guess'] } })).toEqual([
        OVER,
        `spec.${directive}/words`,
      ]);
    const order = {
      spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], $retainKeys: ['containers'] },
    };
    expect(of(pod(), 'strategic', order)).toBe('putBack');
  });
});

describe('beside the hidden name of a field', () => {
  const object = { ...live(), data: { 'secret-a': 'x', seen: 'y' } };

  test.each(FORMS)('nothing is written but what is shown, in %s', (form) => {
    const { data } = shown(object);
    expect(goesOn(putInto(object, form, { data })).data).toEqual(object.data);
    for (const written of [
      { 'secret-b': null },
      { 'secret-a': 'x' },
      { guess: 'x' },
      { seen: 'z' },
      { ...data, new: 'x' },
    ])
      expect(of(object, form, { data: written })).toEqual([OVER, 'data']);
  });

  test('no operation goes there', () => {
    for (const op of ['test', 'remove', 'replace', 'add'])
      expect(patch(object, { op, path: '/data/guess', value: 'x' }), op).toEqual([OVER, 'data.guess']);
    expect(patch(object, { op: 'copy', from: '/data/guess', path: '/data2' })).toEqual([
      'HiddenCarried',
      'data.guess',
    ]);
  });
});

test('what is copied or moved onto, or above, what is hidden', () => {
  const guess = { op: 'add', path: '/metadata/labels', value: { m: '4444' } };
  for (const op of ['copy', 'move'])
    for (const path of ['/data/PIN', '/data', ''])
      expect(patch(live(), guess, { op, from: '/metadata/labels/m', path })).toEqual([
        OVER,
        path.slice(1).replaceAll('/', '.'),
      ]);
  expect(
    patch(live(), { op: 'remove', path: '/data/PIN' }, { op: 'add', path: '/data/PIN', value: '4444' }),
  ).toEqual([OVER, 'data.PIN']);
});

test('the name beside a value, for which it is hidden, stays with it', () => {
  const object = {
    apiVersion: 'a.example/v1',
    kind: 'Door',
    metadata,
    spec: { login: { name: 'PIN', value: '4444' }, open: true },
  };
  const { login } = shown(object).spec;
  expect(login.value).not.toBe('4444');
  for (const written of [{ name: 'Q' }, { name: 'Q', value: login.value }, { value: login.value }])
    for (const form of FORMS)
      expect(of(object, form, { spec: { login: written } })).toEqual([OVER, 'spec.login']);
  expect(goesOn(putInto(object, 'merge', { spec: { login } })).spec.login).toEqual(object.spec.login);
});

test('an object of more hidden texts than can be held is not judged', () => {
  const data = Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`k${at}`, 'secret-a']));
  expect(of({ ...live(), data }, 'merge', { data: { a: 'b' } })).toEqual([
    'LiveUnreadable',
    expect.stringContaining('10000 texts'),
  ]);
});

test('many operations are judged in time linear in them', () => {
  const env = Array.from({ length: 5000 }, (_, at) => ({ name: `n${at}`, value: 'secret-a' }));
  const object = { ...pod(), spec: { containers: [{ name: 'a', env }], other: env } };
  const started = process.cpuUsage().user;
  const operations = Array.from({ length: 10_000 }, (_, at) => ({
    op: 'add',
    path: `/spec/o${at}`,
    value: 'x',
  }));
  expect(patch(object, ...operations)).toBe('putBack');
  const adds = Array.from({ length: 10_000 }, () => ({
    op: 'add',
    path: '/spec/containers/0/image',
    value: 'x',
  }));
  expect(patch(object, ...adds)).toBe('putBack');
  expect(process.cpuUsage().user - started).toBeLessThan(4_000_000);
});
