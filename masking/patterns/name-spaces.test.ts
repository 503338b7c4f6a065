import { describe, expect, test } from 'vitest';
import type { Write } from '../put-back/put-back.ts';
import { puttingSecretBack } from '../put-back/secret.ts';
import { secret } from '../secret.ts';
import { puttingSecretTextsBack } from './put-back.ts';
import { code, goesOn, hash, type Json, patterns, putInto, shown } from './test-objects.ts';

const metadata = { name: 'web', uid: 'u1', resourceVersion: '7' };
const FORMS = ['object', 'apply', 'merge', 'strategic'] as const;

describe('of a ConfigMap with a hidden key', () => {
  const live = (more?: Json): Json => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { 'secret-a': '1', open: 'x' },
    ...more,
  });
  const binary = { binaryData: { b: 'AA==', 'pin=1': 'AA==' } };
  const of = (form: Write['form'], value: Json, more?: Json) => code(putInto(live(more), form, value));

  test.each(FORMS)('no key is set in the other map, whether that key is there or not, in %s', (form) => {
    for (const key of ['secret-a', 'secret-b', 'open'])
      for (const more of [undefined, { binaryData: { b: 'AA==' } }])
        expect(of(form, { metadata, binaryData: { [key]: '' } }, more)).toEqual([
          'HiddenTextOverwritten',
          'binaryData',
        ]);
  });

  test('no operation says one there', () => {
    for (const op of ['add', 'replace', 'test'])
      for (const path of ['/binaryData/secret-a', '/binaryData/secret-b', '/binaryData'])
        expect(of('operations', [{ op, path, value: { 'secret-a': '' } }])).toEqual([
          'HiddenTextOverwritten',
          path.slice(1).replace('/', '.'),
        ]);
  });

  test('both are written as they were shown, or go', () => {
    const both = live({ binaryData: { b: 'AA==' } });
    expect(goesOn(putInto(both, 'object', shown(both)))).toEqual(both);
    expect(goesOn(putInto(both, 'merge', { binaryData: null, data: null }))).toMatchObject({ data: null });
    expect(goesOn(putInto(live(), 'merge', { metadata: { labels: { a: 'b' } } }))).toMatchObject({
      metadata: { labels: { a: 'b' } },
    });
  });

  test('it is the same where the other map holds it, and what is put back is counted', () => {
    const value = live({ ...binary, data: { open: 'pin=1 pin=2' } });
    expect(code(putInto(value, 'merge', { data: { guess: '' } }))).toEqual(['HiddenTextOverwritten', 'data']);
    expect(putInto(value, 'object', shown(value))).toMatchObject({ value, count: 3 });
  });

  test('no other kind has such maps', () => {
    const custom = live({ apiVersion: 'a.example/v1' });
    expect(code(putInto(custom, 'merge', { binaryData: { b: '' } }))).toBe('putBack');
    expect(code(putInto({ ...custom, apiVersion: 'v1', data: { a: 'pin=1' } }, 'merge', binary))).toBe(
      'putBack',
    );
  });
});

test.each(FORMS)('of a Secret with a hidden key, none is set in stringData in %s', (form) => {
  const how = { hash, reveal: false };
  const putting = puttingSecretTextsBack(
    { hash, patterns },
    secret(how),
    puttingSecretBack({ hash, isCurrent: () => false, revealed: false }),
  );
  const live = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { 'secret-a': 'MQ==' } };
  for (const dryRun of [true, false])
    for (const key of ['secret-a', 'secret-b'])
      expect(
        code(putting({ form, value: { metadata, stringData: { [key]: 'x' } }, dryRun, force: true }, live)),
      ).toEqual(['HiddenTextOverwritten', 'stringData']);
});

describe('of a workload whose template has a hidden label', () => {
  const live: Json = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web', a: 'secret-a' } } },
    },
  };
  const guessing = { matchExpressions: [{ key: 'a', operator: 'In', values: ['secret-a', 'secret-b'] }] };

  test.each(FORMS)('its selector says no guess, in %s', (form) => {
    const guess = { ...shown(live), spec: { ...shown(live).spec, selector: guessing } };
    expect(code(putInto(live, form, guess))).toEqual(['HiddenTextOverwritten', 'spec.selector']);
    expect(code(putInto(live, form, shown(live)))).toBe('putBack');
    expect(code(putInto(live, form, { metadata, spec: { replicas: 2 } }))).toBe('putBack');
  });

  test('nor does an operation', () => {
    const path = '/spec/selector/matchExpressions';
    const ops = [{ op: 'add', path, value: guessing.matchExpressions }];
    expect(code(putInto(live, 'operations', ops))).toEqual([
      'HiddenTextOverwritten',
      'spec.selector.matchExpressions',
    ]);
  });

  test('where none is hidden there, its selector is written', () => {
    const open = structuredClone(live);
    open.spec.template = { metadata: { labels: { app: 'web' } }, spec: { nodeName: 'secret-a' } };
    expect(code(putInto(open, 'merge', { spec: { selector: guessing } }))).toBe('putBack');
  });
});
