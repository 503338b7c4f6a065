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

  test('sets a text with a line beside what is hidden, and does not test it with the two in another order', () => {
    const [first, pins, ...rest]: string[] = data.file.split('\n');
    const text = (...lines: (string | undefined)[]) => [first, ...lines, ...rest].join('\n');
    const set = { op: 'replace', path: '/data/file', value: text('pin=22', pins) };
    expect(code(patch(set))).toBe('putBack');
    expect(code(patch(set, { ...set, op: 'test', value: data.file }))).toBe('putBack');
    for (const of of [
      { op: 'test', path: '/data/file', value: text(pins, 'pin=22') },
      { op: 'test', path: '/data/file', value: set.value },
      { op: 'test', path: '/data', value: { ...data, file: text(pins, 'pin=22') } },
    ])
      expect(code(patch(set, of))).toEqual([HIDES_OVER, 'data.file']);
  });

  test('adds to the end of a list, and tests and sets what is there by its index', () => {
    const of = (...operations: object[]) => code(putInto(pod(), 'operations', operations));
    const list = '/spec/containers/0/env';
    const add = (name: string) => ({ op: 'add', path: `${list}/-`, value: { name, value: 'x' } });
    const more = [
      { op: 'replace', path: `${list}/1/value`, value: 'z' },
      { op: 'test', path: `${list}/0/value`, value: shown(pod()).spec.containers[0].env[0].value },
      { op: 'add', path: '/spec/containers/-', value: { name: 'c' } },
      { op: 'add', path: '/spec/containers/2/image', value: 'i' },
    ];
    expect(of(add('X'), add('Y'), ...more)).toBe('putBack');
    const refused = [HIDES_OVER, expect.any(String)];
    expect(of(add('X'), add('PIN'))).toEqual(refused);
    expect(of(add('X'), { op: 'replace', path: `${list}/1/name`, value: 'PIN' })).toEqual(refused);
    expect(of(add('X'), { op: 'replace', path: `${list}/1`, value: { name: 'PIN' } })).toEqual(refused);
    expect(of({ op: 'remove', path: `${list}/0` }, add('X'))).toEqual(refused);
    expect(of({ op: 'add', path: `${list}/0`, value: { name: 'X' } }, add('Y'))).toEqual(refused);
    expect(of({ op: 'remove', path: '/spec/containers/1' }, add('X'))).toEqual(refused);
  });

  test('tests the name of an item where it stands, and writes none', () => {
    const web = pod();
    web.spec.containers[1] = { name: 'b', ports: [{ name: 'http' }] };
    const of = (...operations: object[]) => code(putInto(web, 'operations', operations));
    const name = (index: number, op = 'test') => ({ op, path: `/spec/containers/${index}/name`, value: 'a' });
    expect(of(name(0), { op: 'replace', path: '/spec/containers/0/image', value: 'i' })).toBe('putBack');
    expect(of(name(1), name(1))).toBe('putBack');
    expect(of({ op: 'replace', path: '/spec/containers/1/ports/0/name', value: 'web' })).toBe('putBack');
    for (const index of [0, 1])
      for (const op of ['add', 'replace', 'remove'])
        expect(of(name(index, op)), op).toEqual([HIDES_OVER, `spec.containers.${index}.name`]);
    expect(of({ op: 'remove', path: '/spec/containers/0' }, name(0))).toEqual([
      HIDES_OVER,
      expect.any(String),
    ]);
    expect(of({ op: 'test', path: '/spec/containers/0/name/x', value: 'a' })).toEqual([
      HIDES_OVER,
      expect.any(String),
    ]);
    const from = '/spec/containers/1/name';
    for (const op of ['copy', 'move'])
      expect(of({ op, from, path: '/metadata/labels' })).toEqual(['HiddenCarried', 'spec.containers.1.name']);
  });
});

const HIDES_OVER = 'HiddenTextOverwritten';
