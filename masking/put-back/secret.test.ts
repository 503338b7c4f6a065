import { describe, expect, test } from 'vitest';
import { gzip } from '../helm/test-releases.ts';
import { base64, LAST_APPLIED, type TestSecret } from '../test-bodies.ts';
import type { PutBack } from './put-back.ts';
import { type Body, goesOn, liveOf, putBack, shown } from './test-lives.ts';
import { unchangedPlaces } from './unchanged.ts';

const example: TestSecret = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u-1', resourceVersion: '7', labels: {}, annotations: {} },
  type: 'Opaque',
  values: { password: 'HUNTER-TWO', user: 'TELLER-ONE' },
};
const body = liveOf(example);
const seen = shown(body);
const VALUE = base64('HUNTER-TWO');

describe('the version that a write is for', () => {
  test.each<[string, Body, boolean]>([
    ['is ours where it says none', { metadata: { name: 'web' } }, true],
    ['is ours where it has no metadata', {}, true],
    ['is ours where it is null', { metadata: { resourceVersion: null } }, true],
    ['is ours where it is empty', { metadata: { resourceVersion: '' } }, true],
    [
      'is ours where it is 0, which the API server takes for none',
      { metadata: { resourceVersion: '0' } },
      true,
    ],
    ['is the agent’s where it is the live one', { metadata: { resourceVersion: '7' } }, false],
  ])('%s', (_, value, pinned) => {
    for (const form of ['object', 'apply', 'merge', 'strategic'] as const) {
      const outcome = goesOn({ form, value }, body);
      expect(outcome.pinned).toBe(pinned);
      expect(outcome.value).toEqual({ ...value, metadata: { ...value.metadata, resourceVersion: '7' } });
    }
  });

  test.each<[string, Body]>([
    ['metadata.resourceVersion', { metadata: { resourceVersion: '6' } }],
    ['metadata.resourceVersion', { metadata: { resourceVersion: 7 } }],
    ['metadata.uid', { metadata: { uid: 'u-2' } }],
  ])('is refused where another is said at %s', (at, value) => {
    const changed = { kind: 'fault', code: 'ObjectChanged', at };
    for (const form of ['object', 'apply', 'merge', 'strategic'] as const)
      expect(putBack({ form, value }, body)).toEqual(changed);
    const operation = (op: string, path: string, value: unknown) =>
      putBack({ form: 'operations', value: [{ op, path, value }] }, body);
    for (const op of ['add', 'replace', 'test']) {
      expect(operation(op, '/metadata', value.metadata)).toEqual(changed);
      expect(operation(op, `/${at.replace('.', '/')}`, Object.values(value.metadata)[0])).toEqual(changed);
    }
  });

  test('is tested first in a JSON Patch, before anything is compared, and set last, over whatever was there', () => {
    const value = [{ op: 'remove', path: '/metadata/resourceVersion' }];
    const at = (op: string) => ({ op, path: '/metadata/resourceVersion', value: '7' });
    expect(goesOn({ form: 'operations', value }, body)).toMatchObject({
      value: [at('test'), ...value, at('add')],
      pinned: true,
    });
  });

  test('cannot be removed with the rest of metadata', () => {
    for (const form of ['merge', 'strategic'] as const)
      expect(putBack({ form, value: { metadata: null } }, body)).toMatchObject({
        code: 'ObjectChanged',
        at: 'metadata',
      });
  });
});

test('a sentinel in stringData becomes data, which stands over what is written there', () => {
  const stringData = { password: atob(seen.data.password) };
  const data = { user: seen.data.user };
  expect(goesOn({ value: { stringData } }, body).value).toEqual({
    data: { password: VALUE },
    metadata: { resourceVersion: '7' },
  });
  expect(goesOn({ value: { data: null, stringData } }, body).value).toMatchObject({
    data: { password: VALUE },
  });
  expect(
    goesOn({ value: { data: { ...data, password: 'eA==' }, stringData: { ...stringData, new: 'x' } } }, body)
      .value,
  ).toMatchObject({
    data: { user: base64('TELLER-ONE'), password: VALUE },
    stringData: { new: 'x' },
  });
});

test('directives of a strategic merge patch go on as they are', () => {
  const value = {
    data: { $patch: 'replace', password: seen.data.password },
    metadata: {
      '$setElementOrder/finalizers': ['a'],
      '$deleteFromPrimitiveList/finalizers': ['b'],
      annotations: { $retainKeys: ['a'] },
    },
  };
  expect(goesOn({ form: 'strategic', value }, body).value).toEqual({
    data: { ...value.data, password: VALUE },
    metadata: { ...value.metadata, resourceVersion: '7' },
  });
});

describe('managedFields that are written', () => {
  const put = (managedFields: unknown) =>
    (goesOn({ value: { metadata: { managedFields } } }, body).value as Body).metadata.managedFields;
  const [applied, updated] = body.metadata.managedFields;

  test('own again below data what they owned, in any order', () => {
    expect(put(seen.metadata.managedFields.toReversed())).toEqual([updated, applied]);
  });

  test('own there nothing that the agent says', () => {
    const says = {
      ...applied,
      fieldsV1: { ...applied.fieldsV1, 'f:data': { 'f:password': {} }, 'f:stringData': {} },
    };
    const other = { ...says, manager: 'other' };
    expect(put([says, says, other])).toEqual([applied, applied, { ...other, fieldsV1: applied.fieldsV1 }]);
  });

  test('may be reset, and are not looked for where there are none', () => {
    expect([put([{}]), put([]), put(null), put([null, { fieldsV1: 5 }])]).toEqual([
      [{}],
      [],
      null,
      [null, { fieldsV1: 5 }],
    ]);
  });
});

describe('a copy of the object that is written', () => {
  const copyOf = (text: string, live: Body = body) =>
    (
      goesOn({ form: 'merge', value: { metadata: { annotations: { [LAST_APPLIED]: text } } } }, live)
        .value as Body
    ).metadata.annotations[LAST_APPLIED];

  test('has a sentence for each value of the object that it did not have', () => {
    const { annotations: _, ...metadata } = body.metadata;
    const text = `${JSON.stringify({ kind: 'Secret', data: seen.data, stringData: { user: atob(seen.data.user) } })}\n`;
    const leftOut = 'left out by chaperone';
    expect(copyOf(text, { ...body, metadata })).toBe(
      `${JSON.stringify({ kind: 'Secret', data: { password: btoa(leftOut), user: btoa(leftOut) }, stringData: { user: leftOut } })}\n`,
    );
  });

  test('goes on byte for byte where no sentinel stands in it', () => {
    const text = ' { "data" : {"new":"eA=="} } ';
    expect(copyOf(text)).toBe(text);
  });

  test('goes on byte for byte as the live one where it is as it was shown', () => {
    const text = `  ${body.metadata.annotations[LAST_APPLIED]}  `;
    const spaced = { ...body, metadata: { ...body.metadata, annotations: { [LAST_APPLIED]: text } } };
    expect(copyOf(shown(spaced).metadata.annotations[LAST_APPLIED], spaced)).toBe(text);
  });
});

describe('the places that a write left as they were', () => {
  const after = (edit: (it: Body) => void) => {
    const it = structuredClone(body);
    edit(it);
    return it;
  };
  const names = (before: unknown, after: unknown, changed: PutBack['changed']) =>
    unchangedPlaces(before, after, changed, gzip).map(({ part, key }) => `${part} ${key}`);

  test('are those whose values are the same', () => {
    const all = names(body, body, []);
    expect(all).toHaveLength(8);
    const changed = after((it) => {
      it.data.password = 'eA==';
      delete it.data.user;
      it.data.new = 'eA==';
    });
    expect(names(body, changed, [])).toEqual(all.filter((it) => !it.startsWith('data ')));
  });

  test('are never those that the agent wrote, whether its guess was right or not', () => {
    const { changed } = goesOn({ form: 'merge', value: { data: { password: VALUE } } }, body);
    expect(names(body, body, changed)).toEqual(names(body, body, []).filter((it) => it !== 'data password'));
    expect(names(body, body, 'all')).toEqual([]);
  });

  test('are never in an annotation that the agent wrote', () => {
    const value = { metadata: { annotations: body.metadata.annotations } };
    const { changed } = goesOn({ form: 'merge', value }, body);
    expect(names(body, body, changed)).toEqual(['data password', 'data user']);
  });

  test('are none where the answer is no Secret', () => {
    expect(names(body, { kind: 'Status' }, [])).toEqual([]);
    expect(names(undefined, body, [])).toEqual([]);
  });
});

describe('what a write costs', () => {
  /** Milliseconds of this thread's processor. */
  const timed = (run: () => unknown) => {
    const from = process.threadCpuUsage();
    run();
    return process.threadCpuUsage(from).user / 1000;
  };
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'V']));
  const large = liveOf({ ...example, values: many(3000) });

  test.each<[string, () => readonly object[]]>([
    [
      'writes one annotation again and again',
      () =>
        Array(10_000).fill({
          op: 'add',
          path: `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}`,
          value: 'x',
        }),
    ],
    [
      'writes one copy again and again',
      () =>
        Array(10_000).fill({
          op: 'add',
          path: `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}`,
          value: '{"data":{"k0":"x"}}',
        }),
    ],
    [
      'has paths of millions of slashes',
      () => [{ op: 'add', path: '/data/'.padEnd(2_000_000, '/'), value: 'x' }],
    ],
    [
      'tests and writes many places',
      () =>
        Object.entries(shown(large).data).flatMap(([key, value]) =>
          ['test', 'add'].map((op) => ({ op, path: `/data/${key}`, value })),
        ),
    ],
  ])('of 10,000 operations or as many bytes is no more than its length: one that %s', (_, operations) => {
    const value = operations();
    expect(timed(() => goesOn({ form: 'operations', value }, large))).toBeLessThan(2000);
  });

  test('of nesting is no stack', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    expect(putBack({ value: { data: { k: deep }, metadata: { labels: deep } } }, body).kind).toBe('putBack');
  });
});
