import { describe, expect, test } from 'vitest';
import type { Write } from '../put-back/put-back.ts';
import { code, goesOn, live, pod, putInto, putting, shown, write } from './test-objects.ts';

describe('a JSON Patch', () => {
  const patch = (...operations: object[]) => write('operations', operations);
  const { data } = shown(live());
  const pin = { op: 'add', path: '/metadata/resourceVersion', value: '7' };

  test('sets and tests what was shown', () => {
    const operations = [
      { op: 'test', path: '/data/PIN', value: data.PIN },
      { op: 'replace', path: '/data/file', value: data.file },
      { op: 'add', path: '/data/new', value: 'x' },
    ];
    const [tested, replaced, added] = operations;
    expect(patch(...operations)).toMatchObject({
      value: [
        { ...pin, op: 'test' },
        { ...tested, value: '4444' },
        { ...replaced, value: live().data.file },
        added,
        pin,
      ],
      count: 4,
      pinned: true,
    });
    expect(code(patch({ op: 'test', path: '/data', value: data }))).toBe('putBack');
  });

  test('puts a text back eight times and no more', () => {
    const times = (count: number) =>
      patch(...Array(count).fill({ op: 'test', path: '/data/PIN', value: data.PIN }));
    expect(times(8)).toMatchObject({ count: 8 });
    expect(code(times(9))).toEqual(['SentinelMisplaced', 'data.PIN']);
  });

  test('is bound to the version where anything is hidden', () => {
    const remove = { op: 'remove', path: '/data/PIN' };
    expect(patch(remove)).toMatchObject({ value: [{ op: 'test' }, remove, { op: 'add' }], pinned: true });
    const open = { ...live(), metadata: { name: 'web', uid: 'u1', resourceVersion: '7' }, data: { a: 'b' } };
    const outcome = putInto(open, 'operations', [{ op: 'remove', path: '/data/a' }]);
    expect(outcome).toMatchObject({ value: [{ op: 'remove' }], pinned: false, hides: false });
  });

  test.each([
    ['tests a guess', [{ op: 'test', path: '/data/PIN', value: '4444' }], 'HiddenTextOverwritten'],
    [
      'tests a guess above',
      [{ op: 'test', path: '/data', value: { ...live().data } }],
      'HiddenTextOverwritten',
    ],
    ['copies', [{ op: 'copy', from: '/data/PIN', path: '/data/b' }], 'HiddenCarried'],
    ['moves', [{ op: 'move', from: '/data/PIN', path: '/metadata/labels/b' }], 'HiddenCarried'],
    ['copies from above', [{ op: 'copy', from: '/data', path: '/binaryData' }], 'HiddenCarried'],
    ['copies all', [{ op: 'copy', from: '', path: '/data/b' }], 'HiddenCarried'],
    [
      'holds a sentinel in its path',
      [{ op: 'add', path: `/data/${data.PIN}`, value: 'x' }],
      'SentinelMisplaced',
    ],
    ['puts one elsewhere', [{ op: 'add', path: '/data/b', value: data.PIN }], 'SentinelMisplaced'],
    [
      'says another version',
      [
        { op: 'test', path: '/metadata/resourceVersion', value: '6' },
        { op: 'replace', path: '/data/PIN', value: data.PIN },
      ],
      'ObjectChanged',
    ],
    ['has an operation that nobody knows', [{ op: 'Add', path: '/data/b', value: 'x' }], 'SentinelMisplaced'],
  ])('is refused that %s', (_name, operations, refused) => {
    expect(code(patch(...operations))).toMatchObject([refused, expect.any(String)]);
  });

  test('finds an item of a list by its index, and puts back into it what is its own', () => {
    const of = (operations: object[], rest: Partial<Write> = {}) =>
      putting({ form: 'operations', value: operations, dryRun: false, force: false, ...rest }, pod());
    const env = (index: number) => shown(pod()).spec.containers[index].env[0].value;
    const path = '/spec/containers/1/env/0/value';
    expect(goesOn(of([{ op: 'replace', path, value: env(1) }]))[1]).toEqual({
      op: 'replace',
      path,
      value: '2',
    });
    expect(code(of([{ op: 'replace', path, value: env(0) }]))).toMatchObject([
      'SentinelMisplaced',
      path.slice(1).replaceAll('/', '.').replace('containers.1', 'containers[1]').replace('env.0', 'env[0]'),
    ]);
    const whole = { op: 'replace', path: '/spec/containers/1', value: shown(pod()).spec.containers[1] };
    expect(goesOn(of([whole]))[1].value.env[0].value).toBe('2');
    const shifted = [
      { op: 'remove', path: '/spec/containers/0' },
      { op: 'test', path: '/spec/containers/0/env/0/value', value: '2' },
    ];
    expect(code(of(shifted))).toMatchObject(['HiddenTextOverwritten', expect.any(String)]);
    for (const index of ['-1', '01', '+1', '1e0', '-'])
      expect(
        code(of([{ op: 'test', path: `/spec/containers/${index}/env/0/value`, value: '2' }])),
        index,
      ).toMatchObject(['HiddenTextOverwritten', expect.any(String)]);
    expect(code(of([{ op: 'copy', from: '/spec/containers/0', path: '/spec/containers/-' }]))).toMatchObject([
      'HiddenCarried',
      expect.any(String),
    ]);
  });
});
