import { describe, expect, test } from 'vitest';
import { base64 } from '../test-bodies.ts';
import { escaped, goesOn, STATE } from './test-lives.ts';
import { body, outcome, password, seen } from './test-refused.ts';

describe('an operation is refused', () => {
  const label = '/metadata/labels/a';
  const notes = `/metadata/annotations/${escaped(STATE)}`;
  test.each<[string, readonly object[], readonly string[]]>([
    ...[
      '',
      '/data',
      '/data/password',
      '/data/password/x',
      '/stringData',
      '/metadata',
      '/metadata/annotations',
      notes,
      '/metadata/managedFields',
      '/metadata/managedFields/0/fieldsV1/f:data',
    ].flatMap<[string, readonly object[], readonly string[]]>((from) =>
      ['copy', 'move'].map((op): [string, readonly object[], readonly string[]] => [
        `that would ${op} ${from}`,
        [{ op, from, path: label }],
        ['HiddenCarried'],
      ]),
    ),
    [
      'that copies from what is no pointer',
      [{ op: 'copy', from: 'x/data/password', path: label }],
      ['HiddenCarried', 'metadata.labels.a'],
    ],
    ['that copies from nowhere', [{ op: 'copy', path: label }], ['HiddenCarried', 'metadata.labels.a']],
    ['that moves a type there', [{ op: 'move', from: label, path: '/type' }], ['ClosedType', 'type']],
    [
      'that moves a version there',
      [{ op: 'move', from: label, path: '/metadata/resourceVersion' }],
      ['ObjectChanged', 'metadata.resourceVersion'],
    ],
    [
      'that copies a map there',
      [{ op: 'copy', from: '/metadata/labels', path: '/data' }],
      ['HiddenOverwritten', 'data'],
    ],
    [
      'below managedFields',
      [{ op: 'remove', path: '/metadata/managedFields/1/fieldsV1/f:data/f:password' }],
      ['HiddenOverwritten', 'metadata.managedFields'],
    ],
    [
      'with a sentinel at another key',
      [{ op: 'add', path: '/data/user', value: password }],
      ['SentinelMisplaced', 'data.user', 'data.password'],
    ],
    [
      'with a sentinel at a key that is escaped',
      [{ op: 'add', path: '/data/~0password', value: password }],
      ['SentinelMisplaced', 'data.~password', 'data.password'],
    ],
    [
      'with a sentinel in stringData',
      [{ op: 'add', path: '/stringData', value: { password: atob(password) } }],
      ['SentinelMisplaced', 'stringData.password', 'data.password'],
    ],
    [
      'with a sentinel below a value',
      [{ op: 'add', path: '/data/password/x/y/z/0', value: password }],
      ['SentinelMisplaced', 'data.password.x.y.z', 'data.password'],
    ],
    [
      'with a sentinel in its path',
      [{ op: 'remove', path: `/data/${atob(password)}` }],
      ['SentinelMisplaced'],
    ],
    [
      'with a sentinel in a field of its own',
      [{ op: 'add', path: label, value: 'x', also: password }],
      ['SentinelMisplaced'],
    ],
    [
      'with a sentinel in a value that counts for nothing',
      [{ op: 'remove', path: label, value: password }],
      ['SentinelMisplaced'],
    ],
    [
      'that tests a key whose value was written before',
      [
        { op: 'add', path: '/data/password', value: 'eA==' },
        { op: 'test', path: '/data/password', value: password },
      ],
      ['HiddenOverwritten', 'data.password'],
    ],
    [
      'that tests all where a value was written before',
      [
        { op: 'add', path: '/data/password', value: 'eA==' },
        { op: 'test', path: '', value: seen },
      ],
      ['HiddenOverwritten', ''],
    ],
    [
      'that tests a key where all was written before',
      [
        { op: 'replace', path: '', value: seen },
        { op: 'test', path: '/data/password', value: password },
      ],
      ['HiddenOverwritten', 'data.password'],
    ],
    [
      'that tests a key where a value was copied before',
      [
        { op: 'copy', from: label, path: '/data/password' },
        { op: 'test', path: '/data/password', value: password },
      ],
      ['HiddenOverwritten', 'data.password'],
    ],
    [
      'that puts one value back again and again',
      Array(9).fill({ op: 'replace', path: '/data/password', value: password }),
      ['SentinelMisplaced', 'data.password'],
    ],
    ['that is unknown', [{ op: 'Add', path: label }], ['SentinelMisplaced', 'an operation']],
    ['that is none', [null], ['SentinelMisplaced', 'an operation']],
  ])('%s', (_, value, expected) => {
    expect(outcome({ form: 'operations', value }).slice(0, expected.length)).toEqual(expected);
  });

  test('and what touches nothing that is hidden goes on', () => {
    const value = [
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'add', path: '/metadata/labels/a', value: 'x' },
      { op: 'test', path: '/metadata/labels', value: { a: 'x' } },
      { op: 'copy', from: '/metadata/labels/a', path: '/metadata/annotations/note' },
      { op: 'move', from: '/metadata/annotations/note', path: '/metadata/labels/b' },
      { op: 'replace', path: '/data/user', value: 'eA==' },
      { op: 'test', path: '/data/password', value: password },
      { op: 'remove', path: '/data/password' },
      { op: 'add', path: '/data/-', value: 'eA==' },
    ];
    const outcome = goesOn({ form: 'operations', value }, body);
    expect(outcome.value).toEqual([
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      ...value.with(6, { op: 'test', path: '/data/password', value: base64('HUNTER-TWO') }),
      { op: 'add', path: '/metadata/resourceVersion', value: '7' },
    ]);
    expect(outcome).toMatchObject({
      count: 1,
      pinned: false,
      changed: [
        { part: 'data', key: 'user' },
        { part: 'data', key: '-' },
      ],
    });
  });
});
