import { describe, expect, test } from 'vitest';
import { sentinel } from '../sentinel.ts';
import { base64, LAST_APPLIED, type TestSecret } from '../test-bodies.ts';
import type { Write } from './put-back.ts';
import { type Body, escaped, goesOn, hash, liveOf, putBack, STATE, shown } from './test-lives.ts';

const example: TestSecret = {
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: 'u-1',
    resourceVersion: '7',
    labels: {},
    annotations: { note: 'by hand' },
  },
  type: 'Opaque',
  values: { password: 'HUNTER-TWO', user: 'HUNTER-TWO' },
};
const body = liveOf(example);
const seen = shown(body);
const { password, user } = seen.data as { password: string; user: string };
const copy = seen.metadata.annotations[LAST_APPLIED] as string;
const document = seen.metadata.annotations[STATE] as string;
const copied = JSON.parse(copy);
const APPLIED = `metadata.annotations.${LAST_APPLIED}`;
const annotated = (name: string, text: unknown) => ({ metadata: { annotations: { [name]: text } } });
const applying = (object: unknown) => annotated(LAST_APPLIED, JSON.stringify(object));
const elsewhere = btoa(
  sentinel(hash, { uid: 'u-2', resourceVersion: '7' }, { part: 'data', key: 'password' }),
);

const outcome = (write: Partial<Write>, live: Body = body) => {
  const it = putBack(write, live);
  return it.kind === 'putBack'
    ? it.kind
    : [it.code, it.at, ...(it.belongsAt === undefined ? [] : [it.belongsAt])];
};

describe.each(['object', 'apply', 'merge', 'strategic'] as const)(
  'in a write of form %s a sentinel is refused',
  (form) => {
    test.each<[string, Body, unknown]>([
      ['at another key', { data: { user: password } }, ['SentinelMisplaced', 'data.user', 'data.password']],
      ['at a new key', { data: { new: password } }, ['SentinelMisplaced', 'data.new', 'data.password']],
      [
        'at another key of stringData',
        { stringData: { user: atob(password) } },
        ['SentinelMisplaced', 'stringData.user', 'data.password'],
      ],
      ['of another object', { data: { password: elsewhere } }, ['SentinelMisplaced', 'data.password']],
      [
        'of an older version',
        { data: { password: shown(body, '6').data.password } },
        ['SentinelStale', 'data.password'],
      ],
      [
        'of a later version',
        { data: { password: shown(body, '8').data.password } },
        ['SentinelStale', 'data.password'],
      ],
      [
        'of a key that is gone',
        {
          data: {
            gone: btoa(sentinel(hash, { uid: 'u-1', resourceVersion: '7' }, { part: 'data', key: 'gone' })),
          },
        },
        ['SentinelStale', 'data.gone'],
      ],
      [
        'not in base64, in data',
        { data: { password: atob(password) } },
        ['SentinelMisplaced', 'data.password', 'data.password'],
      ],
      [
        'in base64, in stringData',
        { stringData: { password } },
        ['SentinelMisplaced', 'stringData.password', 'data.password'],
      ],
      ['in base64 twice', { data: { password: btoa(password) } }, ['SentinelMisplaced', 'data.password']],
      [
        'with a line break',
        { stringData: { password: `${atob(password)}\n` } },
        ['SentinelMisplaced', 'stringData.password'],
      ],
      [
        'with text beside it',
        { data: { password: btoa(`${atob(password)}:x`) } },
        ['SentinelMisplaced', 'data.password'],
      ],
      [
        'in part',
        { stringData: { password: atob(password).slice(0, 40) } },
        ['SentinelMisplaced', 'stringData.password'],
      ],
      ['as a key', { data: { [atob(password)]: 'eA==' } }, ['SentinelMisplaced', 'data', 'data.password']],
      [
        'deep in what is no value',
        { data: { password: { a: [password] } } },
        ['SentinelMisplaced', 'data.password.a[0]', 'data.password'],
      ],
      [
        'in a label',
        { metadata: { labels: { a: password } } },
        ['SentinelMisplaced', 'metadata.labels.a', 'data.password'],
      ],
      ['in another field', { spec: [password] }, ['SentinelMisplaced', 'spec[0]', 'data.password']],
      ['in the type', { type: atob(password) }, ['SentinelMisplaced', 'type', 'data.password']],
      [
        'in a note',
        annotated('note', atob(password)),
        ['SentinelMisplaced', 'metadata.annotations.note', 'data.password'],
      ],
      [
        'within a document',
        annotated(STATE, `{"a":"${atob(password)}"}`),
        ['SentinelMisplaced', `metadata.annotations.${STATE}`],
      ],
      [
        'of a document at another annotation',
        annotated('note', document),
        ['SentinelMisplaced', 'metadata.annotations.note', `metadata.annotations.${STATE}`],
      ],
      [
        'of a copy in data',
        { data: { password: copied.data.password } },
        ['SentinelMisplaced', 'data.password', `${APPLIED}: data.password`],
      ],
      [
        'of a copy at another key of it',
        applying({ data: { user: copied.data.password } }),
        ['SentinelMisplaced', `${APPLIED}: data.user`, `${APPLIED}: data.password`],
      ],
      [
        'of a copy, of an older version, where all else is as it was shown',
        annotated(LAST_APPLIED, shown(body, '6').metadata.annotations[LAST_APPLIED]),
        ['SentinelStale', `${APPLIED}: annotations.n`],
      ],
      [
        'of data at another key of a copy',
        applying({ data: { user: password } }),
        ['SentinelMisplaced', `${APPLIED}: data.user`, 'data.password'],
      ],
      [
        'of data, of an older version, in a copy',
        applying({ data: shown(body, '6').data }),
        ['SentinelStale', `${APPLIED}: data.password`],
      ],
      [
        'elsewhere in a copy',
        applying({ metadata: { name: password } }),
        ['SentinelMisplaced', `${APPLIED}.metadata.name`, 'data.password'],
      ],
      [
        'written in escapes in a copy',
        annotated(LAST_APPLIED, `{"metadata":{"name":"\\u0063${atob(password).slice(1)}"}}`),
        ['SentinelMisplaced', `${APPLIED}.metadata.name`, 'data.password'],
      ],
      [
        'in a copy, at a key that stands there twice',
        annotated(LAST_APPLIED, `{"data":{"user":"${user}","user":"QQ=="}}`),
        ['SentinelMisplaced', APPLIED],
      ],
      [
        'in managedFields',
        { metadata: { managedFields: [{ manager: atob(password) }] } },
        ['SentinelMisplaced', 'metadata.managedFields[0].manager', 'data.password'],
      ],
    ])('%s', (_, value, expected) => {
      expect(outcome({ form, value })).toEqual(expected);
    });
  },
);

describe('a plain value over a hidden one', () => {
  const writes: readonly (readonly [string, Body])[] = [
    ['data.password', { data: { password: 'eA==' } }],
    ['data.password', { data: { password: '' } }],
    ['data.password', { data: { password: 5 } }],
    ['stringData.password', { stringData: { password: 'x' } }],
    ['stringData.password', { data: { password }, stringData: { password: 'x' } }],
    ['data.password', { data: { password: 'eA==' }, stringData: { password: atob(password) } }],
    [`metadata.annotations.${STATE}`, annotated(STATE, 'x')],
    [APPLIED, annotated(LAST_APPLIED, '{}x')],
    [`${APPLIED}: data.password`, applying({ data: { password: 'eA==' } })],
    [`${APPLIED}: stringData.user`, applying({ data: copied.data, stringData: { user: 'x' } })],
  ];

  test.each(writes)('at %s goes on where it destroys what was there', (_, value) => {
    for (const form of ['object', 'apply', 'merge', 'strategic'] as const) {
      const { changed } = goesOn({ form, value }, body);
      expect(changed).not.toEqual([]);
    }
  });

  test.each(writes)('at %s is refused where it would destroy nothing', (at, value) => {
    const refused = ['HiddenOverwritten', at];
    expect(outcome({ form: 'merge', value, dryRun: true })).toEqual(refused);
    expect(outcome({ form: 'apply', value, force: false })).toEqual(refused);
    expect(outcome({ form: 'strategic', value }, { ...body, immutable: true })).toEqual(refused);
    const under = (map: object | undefined, path: string) =>
      Object.entries(map ?? {}).map(([key, value]) => ({
        op: 'test',
        path: `${path}/${escaped(key)}`,
        value,
      }));
    const tests = [
      ...under(value.data, '/data'),
      ...under(value.stringData, '/stringData'),
      ...under(value.metadata?.annotations, '/metadata/annotations'),
    ];
    expect(outcome({ form: 'operations', value: tests })).toContain('HiddenOverwritten');
  });

  test.each(writes)('at %s goes on everywhere where the agent may read it', (_, value) => {
    const written = { data: value.data, stringData: value.stringData, metadata: value.metadata };
    expect(
      putBack({ form: 'merge', value: JSON.parse(JSON.stringify(written)), dryRun: true }, body, {
        revealed: true,
      }).kind,
    ).toBe('putBack');
  });

  test('is a copy over what was no copy, and so was hidden whole', () => {
    const name = 'kapp.k14s.io/original';
    const live = { ...body, metadata: { ...body.metadata, annotations: { [name]: 'H4sIAAAAAAAA' } } };
    const value = annotated(name, JSON.stringify({ data: { password } }));
    expect(outcome({ form: 'merge', value, dryRun: true }, live)).toEqual([
      'HiddenOverwritten',
      `metadata.annotations.${name}`,
    ]);
    expect(goesOn({ form: 'merge', value }, live).changed).toContainEqual({ part: 'annotation', key: name });
  });

  test('is none where nothing is hidden, or where it is removed', () => {
    const value = {
      data: { new: 'eA==', password: null },
      metadata: { annotations: { note: 'x', [STATE]: null, [LAST_APPLIED]: null } },
    };
    expect(outcome({ form: 'merge', value, dryRun: true })).toBe('putBack');
    expect(outcome({ form: 'object', value: { data: {} }, dryRun: true })).toBe('putBack');
    expect(outcome({ form: 'strategic', value: { data: { $patch: 'replace', user } }, dryRun: true })).toBe(
      'putBack',
    );
  });
});

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

describe('a Secret that is a credential is never written', () => {
  const CLOSED = ['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token'];
  test.each(CLOSED)('%s, as it stands or as it would be', (type) => {
    const refused = ['ClosedType', 'type'];
    expect(
      outcome({ form: 'merge', value: { metadata: { labels: { a: 'b' } } } }, { ...body, type }),
    ).toEqual(refused);
    expect(outcome({ value: { type } })).toEqual(refused);
    expect(outcome({ form: 'operations', value: [{ op: 'replace', path: '/type', value: type }] })).toEqual(
      refused,
    );
    expect(
      outcome({ form: 'operations', value: [{ op: 'replace', path: '', value: { ...seen, type } }] }),
    ).toEqual(refused);
    expect(putBack({ value: { type } }, body, { revealed: true })).toMatchObject({ code: 'ClosedType' });
  });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['another kind', { ...body, kind: 'ConfigMap' }],
  ['a field that nothing is known of', { ...body, spec: {} }],
  ['no version', { ...body, metadata: { uid: 'u-1' } }],
  [
    'version 0, at which nothing was stored',
    { ...body, metadata: { ...body.metadata, resourceVersion: '0' } },
  ],
  ['no uid', { ...body, metadata: { resourceVersion: '7' } }],
])('nothing is written over a live object that is %s', (_, live) => {
  expect(putBack({ form: 'merge', value: {} }, live)).toEqual({
    kind: 'fault',
    code: 'ObjectChanged',
    at: 'metadata',
  });
});

test.each<[string, Body]>([
  ['data', { data: 'x' }],
  ['data', { data: ['eA=='] }],
  ['stringData', { stringData: 5 }],
  ['metadata.annotations', { metadata: { annotations: 'x' } }],
])('what is no map is never written at %s', (at, value) => {
  for (const form of ['object', 'apply', 'merge', 'strategic'] as const)
    expect(outcome({ form, value })).toEqual(['HiddenOverwritten', at]);
});

test.each<[string, Body]>([
  ['data that are removed', { data: null, stringData: { password: atob(password) } }],
  [
    'data whose directive says otherwise',
    { data: { $patch: 'delete' }, stringData: { password: atob(password) } },
  ],
])('a sentinel in stringData is refused beside %s', (_, value) => {
  expect(outcome({ form: 'strategic', value })).toEqual(['SentinelMisplaced', 'stringData']);
});
