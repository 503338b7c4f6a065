import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Place } from '../masking/sentinel.ts';
import { createLineage } from './lineage.ts';

const at = (key: string): Place => ({ part: 'data', key });
const UID = 'uid';

test('what a write left as it was is unchanged across it, what it wrote is not', () => {
  const { wrote, isUnchanged } = createLineage();
  expect(isUnchanged(UID, '1', '1', at('a'))).toBe(true);
  expect(isUnchanged(UID, '1', '2', at('a'))).toBe(false);
  wrote(UID, '1', '2', [at('b')]);
  expect(isUnchanged(UID, '1', '2', at('a'))).toBe(true);
  expect(isUnchanged(UID, '1', '2', at('b'))).toBe(false);
  expect(isUnchanged(UID, '1', '2', { part: 'annotation', key: 'b' })).toBe(true);
  expect(isUnchanged('other', '1', '2', at('a'))).toBe(false);
});

test('a write by another ends what is known', () => {
  const { wrote, isUnchanged } = createLineage();
  wrote(UID, '1', '2', []);
  expect(isUnchanged(UID, '1', '3', at('a'))).toBe(false);
  wrote(UID, '3', '4', []);
  expect(['1', '2', '3'].map((version) => isUnchanged(UID, version, '4', at('a')))).toEqual([
    false,
    false,
    true,
  ]);
});

test('a part whose places are not followed is known at its own version alone', () => {
  const { wrote, isUnchanged } = createLineage();
  wrote(UID, '1', '2', []);
  for (const part of ['text', 'release'] as const) {
    expect(isUnchanged(UID, '1', '2', { part, key: 'a' })).toBe(false);
    expect(isUnchanged(UID, '2', '2', { part, key: 'a' })).toBe(true);
  }
});

test('never says unchanged of what has changed, whoever wrote, in whatever order it is told', () => {
  const places = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'));
  const write = fc.record({ changed: places, ours: fc.boolean(), all: fc.boolean(), late: fc.boolean() });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 90 }), (writes) => {
      const { wrote, isUnchanged } = createLineage();
      const lastChange = new Map<string, number>();
      const told: (() => void)[] = [];
      writes.forEach(({ changed, ours, all, late }, from) => {
        for (const key of ours && !all ? changed : ['a', 'b', 'c']) lastChange.set(key, from + 1);
        const tell = () => wrote(UID, `${from}`, `${from + 1}`, (all ? ['a', 'b', 'c'] : changed).map(at));
        if (ours) (late ? told : [tell]).push(tell);
        if (ours && !late) tell();
        const live = from + 1;
        for (let version = 0; version <= live; version += 1)
          for (const key of ['a', 'b', 'c'])
            if (isUnchanged(UID, `${version}`, `${live}`, at(key)))
              expect(lastChange.get(key) ?? 0).toBeLessThanOrEqual(version);
      });
      for (const tell of told) tell();
      const live = writes.length;
      for (let version = 0; version <= live; version += 1)
        for (const key of ['a', 'b', 'c'])
          if (isUnchanged(UID, `${version}`, `${live}`, at(key)))
            expect(lastChange.get(key) ?? 0).toBeLessThanOrEqual(version);
    }),
  );
});

test('of one object a bounded past is kept, and of many the ones that were written last', () => {
  const { wrote, isUnchanged } = createLineage();
  for (let from = 0; from < 200; from += 1) wrote(UID, `${from}`, `${from + 1}`, []);
  expect(isUnchanged(UID, '199', '200', at('a'))).toBe(true);
  expect(isUnchanged(UID, '0', '200', at('a'))).toBe(false);
  wrote(
    UID,
    '200',
    '201',
    Array.from({ length: 1000 }, (_, index) => at(`${index}`)),
  );
  expect(isUnchanged(UID, '200', '201', at('a'))).toBe(false);
  for (let other = 0; other < 127; other += 1) wrote(`uid-${other}`, '1', '2', []);
  wrote(UID, '201', '202', []);
  wrote('uid-127', '1', '2', []);
  expect(isUnchanged(UID, '201', '202', at('a'))).toBe(true);
  expect(isUnchanged('uid-0', '1', '2', at('a'))).toBe(false);
  expect(isUnchanged('uid-127', '1', '2', at('a'))).toBe(true);
});
