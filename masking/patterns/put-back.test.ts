import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Write } from '../put-back/put-back.ts';
import { compilePatterns } from './compile.ts';
import { puttingTextsBack } from './put-back.ts';
import { textsHidden } from './wall.ts';

const hash = (text: string) => createHmac('sha256', 'key').update(text).digest('hex');
const patterns = compilePatterns({
  wellKnown: true,
  patterns: [
    { name: 'pin', pattern: '(?i)pin[=:] ?(?P<hide>[0-9]+)' },
    { name: 'word', pattern: 'secret-[a-z]+' },
  ],
});
const wall = textsHidden({ hash, patterns, behindSecrets: false });
const putting = puttingTextsBack({ hash, patterns });

// biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
type Json = any;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const key = ['-----BEGIN PRIVATE KEY-----', 'MIIE', '-----END PRIVATE KEY-----'].join('\n');
const live = (): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', uid: 'u1', resourceVersion: '7', annotations: { note: 'pin=99' } },
  data: {
    file: `a: 1\npin: 22 pin=3\n${key}\nz: 1\n`,
    PIN: '4444',
    other: 'plain',
    mixed: 'x secret-a y secret-b',
  },
});
const shown = (object: unknown): Json => {
  const outcome = wall.body(object);
  if (outcome.kind !== 'masked') throw new Error(outcome.why);
  return outcome.value;
};
const write = (form: Write['form'], value: unknown, rest: Partial<Write> = {}) =>
  putting({ form, value, dryRun: false, force: false, ...rest }, live());
const pod = (): Json => ({
  kind: 'Pod',
  metadata: { name: 'web', uid: 'u1', resourceVersion: '7' },
  spec: {
    containers: [
      { name: 'a', env: [{ name: 'PIN', value: '1' }] },
      { name: 'b', env: [{ name: 'PIN', value: '2' }] },
    ],
  },
});
const code = (outcome: ReturnType<typeof write>) =>
  outcome.kind === 'fault' ? [outcome.code, outcome.at] : outcome.kind;
const goesOn = (outcome: ReturnType<typeof write>): Json => {
  if (outcome.kind === 'fault') throw new Error(`${outcome.code} ${outcome.at}`);
  return outcome.value;
};

test('an object that is written as it was shown goes on as it stands, bound to its version', () => {
  const { resourceVersion: _, ...metadata } = shown(live()).metadata;
  const put = write('object', { ...shown(live()), metadata });
  expect(put).toEqual({ kind: 'putBack', value: live(), count: 7, pinned: true, changed: 'all' });
  expect(write('object', shown(live()))).toMatchObject({ pinned: false, value: live() });
});

test('other lines of a text may be changed, moved and left out', () => {
  const lines: string[] = shown(live()).data.file.split('\n');
  expect(lines).toHaveLength(5);
  const edit = (...text: (string | undefined)[]) =>
    goesOn(write('merge', { data: { file: text.join('\n') } })).data.file;
  expect(edit(lines[2], 'new', lines[1])).toBe(`${key}\nnew\npin: 22 pin=3`);
  expect(edit(lines[2])).toBe(key);
  expect(edit('', '-----BEGIN PRIVATE KEY-----', lines[2], 'x')).toBe(
    `\n-----BEGIN PRIVATE KEY-----\n${key}\nx`,
  );
  expect(goesOn(write('merge', { data: { file: 'all new' } })).data.file).toBe('all new');
});

describe('is refused', () => {
  const { data } = shown(live());
  const merge = (of: object, rest: Partial<Write> = {}) => code(write('merge', { data: of }, rest));
  const misplaced = (at: string) => ['SentinelMisplaced', at];

  test('a line that was changed around what is hidden, or holds it twice', () => {
    const [, line] = data.file.split('\n');
    for (const text of [
      `${line}x`,
      `x${line}`,
      `${line}\n${line}`,
      line.replace('pin: ', 'pan: '),
      line.split(' pin')[0],
    ])
      expect(merge({ file: text }), text).toEqual(misplaced('data.file'));
    expect(merge({ mixed: data.mixed.replace('x ', '') })).toEqual(misplaced('data.mixed'));
  });

  test('a value that was hidden for its name, in a line beside others', () => {
    for (const text of [`\n${data.PIN}`, `x\n${data.PIN}`, `${data.PIN}\n`])
      expect(merge({ PIN: text })).toEqual(misplaced('data.PIN'));
    expect(merge({ other: data.PIN })).toEqual(misplaced('data.other'));
    // Also where that line would be hidden by itself: the answer would tell that it is.
    const word = { ...live(), data: { PIN: 'secret-a' } };
    const value = { data: { PIN: `x\n${shown(word).data.PIN}` } };
    expect(code(putting({ form: 'merge', value, dryRun: false, force: false }, word))).toEqual(
      misplaced('data.PIN'),
    );
  });

  test('a sentinel of another place, object or key, cut, encoded, or as a key', () => {
    const sentence: string = data.PIN;
    const other = { ...live(), metadata: { ...live().metadata, uid: 'u2' } };
    for (const text of [
      shown(other).data.PIN,
      sentence.slice(0, -1),
      `${sentence}0`,
      btoa(sentence),
      `${sentence.slice(0, 40)} ${sentence.slice(40)}`,
    ])
      expect(merge({ PIN: text }), text).toEqual(misplaced('data.PIN'));
    expect(write('merge', { data: { other: sentence } })).toMatchObject({
      code: 'SentinelMisplaced',
      at: 'data.other',
      belongsAt: 'data.PIN',
    });
    expect(merge({ [sentence]: 'x' })).toMatchObject(['SentinelMisplaced', expect.any(String)]);
    expect(code(write('merge', { metadata: { name: sentence } }))).toEqual(misplaced('metadata.name'));
  });

  test('a sentinel of another version', () => {
    const before = { ...live(), metadata: { ...live().metadata, resourceVersion: '6' } };
    expect(merge({ PIN: shown(before).data.PIN })).toEqual(['SentinelStale', 'data.PIN']);
    expect(
      code(write('object', { ...shown(live()), metadata: { ...live().metadata, resourceVersion: '6' } })),
    ).toEqual(['ObjectChanged', 'metadata.resourceVersion']);
  });

  test('a plain text over a hidden one, where the answer would compare them', () => {
    const plain = { data: { PIN: '4444' } };
    const refused = ['HiddenOverwritten', 'data.PIN'];
    expect(code(write('merge', plain, { dryRun: true }))).toEqual(refused);
    expect(code(write('strategic', plain, { dryRun: true }))).toEqual(refused);
    expect(code(write('apply', plain))).toEqual(refused);
    expect(code(write('apply', plain, { force: true }))).toBe('putBack');
    expect(code(write('merge', plain))).toBe('putBack');
    const half = data.mixed.replace(/chaperone: hidden value [0-9a-f]+$/, 'secret-b');
    expect(code(write('merge', { data: { mixed: half } }, { dryRun: true }))).toMatchObject([
      expect.any(String),
      'data.mixed',
    ]);
    const fixed = { ...live(), immutable: true };
    expect(code(putting({ form: 'merge', value: plain, dryRun: false, force: false }, fixed))).toEqual(
      refused,
    );
    const value = { spec: { containers: [{ name: 'b', env: [{ name: 'PIN', value: '2' }] }] } };
    expect(code(putting({ form: 'strategic', value, dryRun: false, force: false }, pod()))).toEqual([
      'HiddenOverwritten',
      'spec.containers[0].env[0].value',
    ]);
  });

  test('what is hidden of a text left out, where the answer would compare the rest', () => {
    const lines: string[] = data.file.split('\n');
    const without = { data: { file: lines.filter((_line, at) => at !== 2).join('\n') } };
    expect(code(write('merge', without, { dryRun: true }))).toEqual(['HiddenOverwritten', 'data.file']);
    const edited = { data: { file: [...lines, 'new'].join('\n') } };
    expect(code(write('merge', edited, { dryRun: true }))).toBe('putBack');
  });
});

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

  test('is not bound to a version where nothing is put back or compared', () => {
    const remove = { op: 'remove', path: '/data/PIN' };
    expect(patch(remove)).toMatchObject({ value: [remove], pinned: false });
    expect(patch({ op: 'test', path: '/data/new', value: '4444' })).toMatchObject({ count: 0, pinned: true });
    for (const rest of [{ dryRun: true }, { form: 'apply' as const }])
      expect(write('merge', { data: { new: '4444' } }, rest)).toMatchObject({ count: 0, pinned: true });
  });

  test.each([
    ['tests a guess', [{ op: 'test', path: '/data/PIN', value: '4444' }], 'HiddenOverwritten'],
    ['tests a guess above', [{ op: 'test', path: '/data', value: { ...live().data } }], 'HiddenOverwritten'],
    [
      'tests after a change',
      [
        { op: 'add', path: '/data/b', value: 'x' },
        { op: 'test', path: '/data/PIN', value: data.PIN },
      ],
      'HiddenOverwritten',
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
    expect(code(of(shifted))).toMatchObject(['HiddenOverwritten', expect.any(String)]);
    for (const index of ['-1', '01', '+1', '1e0', '-'])
      expect(
        code(of([{ op: 'test', path: `/spec/containers/${index}/env/0/value`, value: '2' }])),
        index,
      ).toEqual(['SentinelMisplaced', 'an operation']);
    expect(code(of([{ op: 'copy', from: '/spec/containers/0', path: '/spec/containers/-' }]))).toMatchObject([
      'HiddenCarried',
      expect.any(String),
    ]);
  });
});

test('a copy that a tool makes of what it writes keeps no sentinel, and gets nothing back', () => {
  const { data } = shown(live());
  const applied = `${JSON.stringify({ kind: 'ConfigMap', data: { PIN: data.PIN, file: data.file } })}\n`;
  const put = goesOn(
    write('strategic', { metadata: { annotations: { [LAST_APPLIED]: applied } }, data: { PIN: data.PIN } }),
  );
  const words = '(hidden by chaperone: masked)';
  expect(put.data.PIN).toBe('4444');
  expect(JSON.parse(put.metadata.annotations[LAST_APPLIED]).data).toMatchObject({
    PIN: words,
    file: expect.stringContaining(words),
  });
  expect(code(write('merge', { metadata: { annotations: { other: applied } } }))).toEqual([
    'SentinelMisplaced',
    'metadata.annotations.other',
  ]);
});

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

test('a copy of the object is put back as a whole, as it was shown', () => {
  const stored = '{"data":{"PIN":"4444","url":"http://u:p\\u0026w@h"}}\n';
  const object = { ...live(), metadata: { ...live().metadata, annotations: { [LAST_APPLIED]: stored } } };
  const annotations = shown(object).metadata.annotations;
  const put = (text: string) => {
    const value = { metadata: { annotations: { [LAST_APPLIED]: text } } };
    return goesOn(putting({ form: 'merge', value, dryRun: false, force: false }, object)).metadata
      .annotations[LAST_APPLIED];
  };
  expect(annotations[LAST_APPLIED]).not.toMatch(/4444|p.*w@/);
  expect(put(annotations[LAST_APPLIED])).toBe(stored);
  expect(put(annotations[LAST_APPLIED].trim())).not.toMatch(/4444|p.*w@|hidden value/);
});

test('a custom kind named Status is an object, whose texts are put back', () => {
  const object = {
    apiVersion: 'a.example/v1',
    kind: 'Status',
    metadata: live().metadata,
    spec: { word: 'secret-a' },
  };
  const outcome = putting({ form: 'object', value: shown(object), dryRun: false, force: false }, object);
  expect(goesOn(outcome).spec).toEqual({ word: 'secret-a' });
});

test('a long list of named items is shown in time linear in it', () => {
  const list = Array.from({ length: 30_000 }, (_, at) => ({ name: `n${at}`, value: 'pin=1' }));
  const started = process.cpuUsage().user;
  expect(wall.body({ ...live(), list })).toMatchObject({ kind: 'masked' });
  expect(process.cpuUsage().user - started).toBeLessThan(4_000_000);
});

const piece = fc.constantFrom(
  'pin=1',
  'pin: 22',
  'secret-a',
  'a',
  ' ',
  'x: secret-bb y',
  key,
  '-----BEGIN PRIVATE KEY-----',
  '',
);
const text = fc.array(piece, { maxLength: 8 }).map((lines) => lines.join('\n'));

test('whatever is written of it, what is put back is hidden again where it was written', () => {
  fc.assert(
    fc.property(
      text,
      fc.array(fc.oneof(fc.nat(30), piece), { maxLength: 10 }),
      fc.boolean(),
      (stored, edits, dryRun) => {
        const object = { ...live(), data: { file: stored } };
        const lines: string[] = shown(object).data.file.split('\n');
        const written = edits
          .map((edit) => (typeof edit === 'number' ? (lines[edit % lines.length] ?? '') : edit))
          .join('\n');
        const outcome = putting(
          { form: 'merge', value: { data: { file: written } }, dryRun, force: false },
          object,
        );
        if (outcome.kind === 'fault') return;
        const { file } = (outcome.value as Json).data;
        const again: string = shown({ ...object, data: { file } }).data.file;
        const hidden = (of: string) => of.match(/chaperone: hidden value/g)?.length ?? 0;
        expect(hidden(again)).toBeGreaterThanOrEqual(Math.min(1, outcome.count));
        for (const { start, end } of [...stored.matchAll(/secret-[a-z]+|MIIE|(?<=pin[=:] ?)\d+/g)].map(
          ({ index, 0: of }) => ({ start: index, end: index + of.length }),
        ))
          if (outcome.count > 0) expect(again).not.toContain(`!${stored.slice(start, end)}!`);
      },
    ),
  );
});

test('whether a write is accepted does not depend on what is hidden', () => {
  const guesses = fc.constantFrom('1', '22', '333');
  const form = fc.constantFrom<Write['form']>('object', 'merge', 'strategic', 'apply');
  fc.assert(
    fc.property(guesses, guesses, guesses, form, fc.boolean(), fc.nat(2), (a, b, guess, as, dryRun, how) => {
      const outcomes = [a, b].map((value) => {
        const object = { ...live(), data: { file: `x\npin=${value}\ny`, PIN: value } };
        const { data } = shown(object);
        const file = [data.file, `${data.file}\nmore`, `x\npin=${guess}`][how];
        const outcome = putting(
          { form: as, value: { data: { file, PIN: how === 2 ? guess : data.PIN } }, dryRun, force: false },
          object,
        );
        return code(outcome);
      });
      expect(outcomes[0]).toEqual(outcomes[1]);
    }),
  );
});
