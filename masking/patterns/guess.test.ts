import { describe, expect, test } from 'vitest';
import type { Write } from '../put-back/put-back.ts';
import { code, goesOn, live, putting, shown } from './test-objects.ts';

test('a directive that deletes by value is refused where a value of that list is hidden', () => {
  const listed = { ...live(), spec: { words: ['secret-a'] } };
  const value = { spec: { '$deleteFromPrimitiveList/words': ['guess'] } };
  const outcome = putting({ form: 'strategic', value, dryRun: false, force: false }, listed);
  expect(code(outcome)).toMatchObject(['HiddenOverwritten', expect.any(String)]);
});

describe('a guess is refused that the API server would compare with what is hidden', () => {
  const metadata = { name: 'web', uid: 'u1', resourceVersion: '7' };
  const custom = {
    apiVersion: 'a.example/v1',
    kind: 'Door',
    metadata,
    spec: {
      users: [
        { id: 'x', word: 'plain' },
        { id: 'y', word: 'secret-a' },
      ],
    },
  };
  const container = (...env: object[]) => ({
    spec: { template: { spec: { containers: [{ name: 'c', env }] } } },
  });
  const deployment = (...env: object[]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    ...container(...env),
  });
  const word = (value: string, name = 'A') => ({ name, value });
  const of = (object: unknown, form: Write['form'], value: unknown, rest: Partial<Write> = {}) =>
    putting({ form, value, dryRun: false, force: false, ...rest }, object);
  const refused = ['HiddenOverwritten', expect.any(String)];

  test('in any item of a list that is not known by name', () => {
    const guess = { spec: { users: [{ id: 'y', word: 'secret-b' }] } };
    expect(code(of(custom, 'apply', guess))).toEqual(['HiddenOverwritten', 'spec.users[0].word']);
    expect(code(of(custom, 'apply', guess, { dryRun: true, force: true }))).toEqual(refused);
    expect(code(of(custom, 'apply', guess, { force: true }))).toBe('putBack');
    expect(code(of(custom, 'object', shown(custom), { dryRun: true }))).toBe('putBack');
    const set = { ...custom, spec: { words: ['a', 'secret-a'] } };
    expect(code(of(set, 'apply', { spec: { words: ['secret-b'] } }))).toEqual(refused);
  });

  test('where a name stands twice, in what is written or in what is stored', () => {
    const twice = [deployment(word('secret-a'), word('z')), container(word('guess'))] as const;
    expect(code(of(twice[0], 'strategic', twice[1], { dryRun: true }))).toEqual(refused);
    const written = container(word('guess'), word('guess'));
    expect(code(of(deployment(word('secret-a')), 'strategic', written, { dryRun: true }))).toEqual(refused);
  });

  test('but not beside it, where both are known by name', () => {
    const object = deployment(word('secret-a'), word('z', 'B'));
    const written = container(word('new', 'B'), word('newer', 'C'));
    expect(code(of(object, 'strategic', written, { dryRun: true }))).toBe('putBack');
    const named = deployment(word('x', 'secret-a'));
    expect(code(of(named, 'strategic', container(word('x', 'guess')), { dryRun: true }))).toEqual(refused);
  });

  test('as the name of a field beside one that is hidden', () => {
    const object = { ...live(), data: { 'secret-a': 'x', seen: 'y' } };
    const dry = (data: object) => code(of(object, 'merge', { data }, { dryRun: true }));
    expect(dry({ 'secret-b': null })).toEqual(['HiddenOverwritten', 'data.secret-b']);
    expect(dry({ guess: 'x' })).toEqual(refused);
    expect(dry({ seen: 'z' })).toBe('putBack');
    expect(code(of(object, 'merge', { data: { guess: 'x' } }))).toBe('putBack');
    const patch = (operation: object) => code(of(object, 'operations', [operation]));
    for (const op of ['test', 'remove', 'replace'])
      expect(patch({ op, path: '/data/guess', value: 'x' }), op).toEqual(['HiddenOverwritten', 'data.guess']);
    expect(patch({ op: 'copy', from: '/data/guess', path: '/data/b' })).toEqual([
      'HiddenCarried',
      'data.guess',
    ]);
    expect(patch({ op: 'add', path: '/data/guess', value: 'x' })).toBe('putBack');
    expect(patch({ op: 'test', path: '/data/seen', value: 'y' })).toBe('putBack');
  });

  test.each([
    ['v1', 'Event', 'message'],
    ['storage.k8s.io/v1', 'VolumeAttributesClass', 'parameters'],
    ['storage.k8s.io/v1', 'StorageClass', 'parameters'],
    ['resource.k8s.io/v1', 'ResourceClaimTemplate', 'spec'],
    ['apps/v1', 'StatefulSet', 'spec'],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding', 'roleRef'],
    ['a.k8s.io/v1', 'Unknown', 'spec'],
  ])('over what may never change: %s %s', (apiVersion, kind, field) => {
    const object = { apiVersion, kind, metadata, [field]: { a: 'secret-a' } };
    expect(code(of(object, 'merge', { [field]: { a: 'guess' } }))).toEqual([
      'HiddenOverwritten',
      `${field}.a`,
    ]);
    const back = of(object, 'merge', { [field]: shown(object)[field] });
    expect(goesOn(back)[field]).toEqual({ a: 'secret-a' });
  });

  test('but what may change may, and what only its author knows', () => {
    expect(code(of(deployment(word('secret-a')), 'strategic', container(word('new'))))).toBe('putBack');
    expect(code(of(custom, 'merge', { spec: { users: [{ id: 'y', word: 'new' }] } }))).toBe('putBack');
  });
});
