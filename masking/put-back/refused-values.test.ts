import { describe, expect, test } from 'vitest';
import { LAST_APPLIED } from '../test-bodies.ts';
import { type Body, escaped, goesOn, putBack, STATE } from './test-lives.ts';
import { APPLIED, annotated, applying, body, copied, outcome, password, seen, user } from './test-refused.ts';

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
