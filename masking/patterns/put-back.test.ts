import { describe, expect, test } from 'vitest';
import type { Write } from '../put-back/put-back.ts';
import { puttingTextsBack } from './put-back.ts';
import {
  code,
  goesOn,
  hash,
  key,
  LAST_APPLIED,
  live,
  patterns,
  putInto,
  putting,
  shown,
  wall,
  write,
} from './test-objects.ts';

test('an object that is written as it was shown goes on as it stands, bound to its version', () => {
  const { resourceVersion: _, ...metadata } = shown(live()).metadata;
  const put = write('object', { ...shown(live()), metadata });
  expect(put).toEqual({
    kind: 'putBack',
    value: live(),
    count: 7,
    pinned: true,
    changed: 'all',
    hides: true,
  });
  expect(write('object', shown(live()))).toMatchObject({ pinned: false, value: live() });
});

test('other lines of a text may be changed around what is hidden, and a field may be removed', () => {
  const lines: string[] = shown(live()).data.file.split('\n');
  expect(lines).toHaveLength(5);
  const edit = (...text: (string | undefined)[]) =>
    goesOn(write('merge', { data: { file: text.join('\n') } })).data.file;
  expect(edit(lines[1], 'new', lines[2])).toBe(`pin: 22 pin=3\nnew\n${key}`);
  expect(edit('', lines[3], lines[1], 'pin=22', lines[2], lines[0])).toBe(
    `\nz: 1\npin: 22 pin=3\npin=22\n${key}\na: 1`,
  );
  expect(goesOn(write('merge', { data: { file: null } })).data.file).toBe(null);
  expect(goesOn(write('object', { ...shown(live()), data: {} })).data).toEqual({});
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

  test('a line with what is hidden before one that it came after', () => {
    const guessed = { ...live(), data: { file: 'pin=22\nx\npin=21\npin=22' } };
    const lines: string[] = shown(guessed).data.file.split('\n');
    const inOrder = (...order: number[]) => {
      const value = { data: { file: order.map((at) => lines[at]).join('\n') } };
      return code(putInto(guessed, 'merge', value, { dryRun: true }));
    };
    expect(inOrder(1, 0, 2, 3)).toBe('putBack');
    for (const order of [
      [3, 1, 2, 0],
      [2, 1, 0, 3],
      [0, 1, 3, 2],
    ])
      expect(inOrder(...order), `${order}`).toEqual(misplaced('data.file'));
  });

  test('a new line that begins or ends a private key, whatever is hidden below it', () => {
    const run = (lines: number) =>
      Array.from({ length: lines }, (_, at) => `MIIE${at}abcdEFGH0123+/xyz`.padEnd(64, 'QwErTy')).join('\n');
    const refused = [
      '-----BEGIN PRIVATE KEY-----',
      'x ---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----',
      '-----END RSA PRIVATE KEY-----',
    ];
    for (const hidden of [run(1), run(5), run(12), key, 'pin=22', 'secret-a']) {
      const object = { ...live(), data: { file: `a\n${hidden}\n\nz: 1` } };
      const [, line]: string[] = shown(object).data.file.split('\n');
      const put = (...above: string[]) =>
        code(putInto(object, 'merge', { data: { file: [...above, line, 'z: 1'].join('\n') } }));
      expect(put('x')).toBe('putBack');
      for (const mark of refused)
        for (const after of [[], Array(246).fill('x')])
          expect(put(mark, ...after), hidden).toEqual(['HiddenTextOverwritten', 'data.file']);
    }
  });

  test('the only line of what had several, or one more beside an only one, however many lines are hidden in it', () => {
    for (const hidden of ['pin=22', key]) {
      const of = (file: (it: string) => string, written: (it: string) => string) => {
        const object = { ...live(), data: { file: file(hidden) } };
        const line = shown(object)
          .data.file.split('\n')
          .find((it: string) => it.includes('chaperone'));
        return code(putInto(object, 'merge', { data: { file: written(line) } }));
      };
      const alone = (it: string) => it;
      expect(of(alone, alone), hidden).toBe('putBack');
      expect(
        of((it) => `a\n${it}`, alone),
        hidden,
      ).toEqual(misplaced('data.file'));
      expect(
        of(alone, (it) => `a\n${it}`),
        hidden,
      ).toEqual(misplaced('data.file'));
      expect(
        of((it) => `${it}\n`, alone),
        hidden,
      ).toEqual(misplaced('data.file'));
    }
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

  test('a sealed list with many sentinels that nobody made, in time linear in them', () => {
    const sealed = { ...live(), list: ['pin=1'], file: Array(400).fill('pin=1').join('\n') };
    const before = { ...sealed, metadata: { ...live().metadata, resourceVersion: '6' } };
    let hashes = 0;
    const counting = puttingTextsBack({
      patterns,
      hash: (text) => {
        hashes += 1;
        return hash(text);
      },
    });
    const listed = (list: unknown) =>
      code(counting({ form: 'merge', value: { list }, dryRun: false, force: false }, sealed));
    const stale: string = shown(before).list[0];
    const made = Array.from(
      { length: 400 },
      (_, at) => `${stale.slice(0, 24)}${`${at}`.padStart(48, '0')}`,
    ).join(' ');
    expect(listed([made])).toEqual(['HiddenTextOverwritten', 'list']);
    expect(listed([`${stale} ${made}`])).toEqual(['SentinelStale', 'list']);
    expect(hashes).toBeLessThan(10 * 400);
  });

  test.each<[Write['form'], Partial<Write>]>([
    ['object', {}],
    ['merge', {}],
    ['merge', { dryRun: true }],
    ['strategic', {}],
    ['apply', {}],
    ['apply', { force: true }],
  ])('a plain text over a hidden one, in %s %j', (form, rest) => {
    for (const value of ['4444', '', 'x', 4444, ['4444'], { a: '4444' }])
      expect(code(write(form, { data: { PIN: value } }, rest))).toEqual([
        'HiddenTextOverwritten',
        'data.PIN',
      ]);
    const half = data.mixed.replace(/chaperone: hidden value [0-9a-f]+$/, 'secret-b');
    expect(code(write(form, { data: { mixed: half } }, rest))).toMatchObject([
      expect.any(String),
      'data.mixed',
    ]);
  });

  test('what is hidden of a text cut out of it', () => {
    const lines: string[] = data.file.split('\n');
    const without = lines.filter((_line, at) => at !== 2).join('\n');
    expect(merge({ file: without })).toEqual(['HiddenTextOverwritten', 'data.file']);
    expect(merge({ file: [...lines, 'new'].join('\n') })).toBe('putBack');
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
