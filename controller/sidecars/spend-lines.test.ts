import { expect, test } from 'vitest';
import type { KubeObject } from '../kube/api.ts';
import { type Ask, countIn, dataOf, linesOf, overAtMs } from './spend-lines.ts';

const NOW_MS = Date.parse('2030-01-01T00:00:00Z');
const budgets: Ask['budgets'] = [{ verbs: ['delete'], max: 2, per: '10s' }];
const asking = (auditId: string, verb: Ask['verb'] = 'delete'): Ask => ({ auditId, verb, budgets });
const linesWith = (data: Record<string, string>) => linesOf({ data } as unknown as KubeObject);
const NONE = linesWith({});

test('reads what it has printed, and leaves out what it cannot read', () => {
  const { next: [lines = NONE] = [] } = countIn([NONE], [asking('a'), asking('b')], NOW_MS);
  expect(dataOf(lines)).toEqual({
    a: '2030-01-01T00:00:00.000Z delete',
    b: '2030-01-01T00:00:00.000Z delete',
  });
  const bad = { c: 'yesterday delete', d: '2030-01-01T00:00:00Z', e: '2030-01-01T00:00:00Z list', f: '' };
  expect(linesWith({ ...dataOf(lines), ...bad })).toEqual(lines);
});

test('counts those that came together one after another', () => {
  const { answers, next: [lines = NONE] = [] } = countIn(
    [NONE],
    ['a', 'b', 'c'].map((id) => asking(id)),
    NOW_MS,
  );
  expect(answers).toEqual([
    { kind: 'spent' },
    { kind: 'spent' },
    { kind: 'exhausted', index: 0, budget: budgets[0], freeInMs: 11_000 },
  ]);
  expect([...lines.keys()]).toEqual(['a', 'b']);
});

test('a call that is asked for again is counted once, also where there is no more room', () => {
  const first = countIn([NONE, NONE], [asking('a'), asking('b')], NOW_MS);
  const again = countIn(first.next ?? [], [asking('a')], NOW_MS + 1000);
  expect(again).toEqual({ answers: [{ kind: 'spent' }], next: undefined });
});

test('what a writer who lost has left in the one is no permission, and is not counted twice', () => {
  const left = linesWith({ a: '2030-01-01T00:00:00Z delete' });
  const others = linesWith({ b: '2030-01-01T00:00:00Z delete', c: '2030-01-01T00:00:00Z delete' });
  expect(countIn([left, others], [asking('a')], NOW_MS)).toMatchObject({
    answers: [{ kind: 'exhausted' }],
    next: undefined,
  });
  const room = countIn([left, NONE], [asking('a')], NOW_MS);
  expect(room.answers).toEqual([{ kind: 'spent' }]);
  expect(room.next?.map((each) => [...each.keys()])).toEqual([['a'], ['a']]);
});

test('what a ReplicaSet and its Deployment hold counts together', () => {
  const one = linesWith({ a: '2030-01-01T00:00:00Z delete' });
  const other = linesWith({ b: '2030-01-01T00:00:00Z delete' });
  expect(countIn([one, other], [asking('c')], NOW_MS).answers).toMatchObject([{ kind: 'exhausted' }]);
});

test('what a writer who lost has left is not made whole by another who finds room', () => {
  const left = linesWith({ a: '2030-01-01T00:00:00Z delete' });
  const next = countIn([left, NONE], [asking('b')], NOW_MS).next ?? [];
  expect(next.map((each) => [...each.keys()])).toEqual([['a', 'b'], ['b']]);
});

test('what no budget asks for any more is left out of what is written', () => {
  const old = linesWith({ a: '2029-12-31T23:59:49Z delete', b: '2029-12-31T23:59:50Z delete' });
  const [next = NONE] = countIn([old], [asking('c')], NOW_MS).next ?? [];
  expect([...next.keys()]).toEqual(['b', 'c']);
});

test('a line of a clock that was ahead counts as of now, and is written so, also where there is no room', () => {
  const ahead = linesWith({ a: '2040-01-01T00:00:00Z delete', b: '2029-12-31T23:59:58Z delete' });
  const { answers, next = [] } = countIn([ahead], [asking('c')], NOW_MS);
  expect(answers).toMatchObject([{ kind: 'exhausted', freeInMs: 9_000 }]);
  expect(next.map(dataOf)).toEqual([
    { a: '2030-01-01T00:00:00.000Z delete', b: '2029-12-31T23:59:58.000Z delete' },
  ]);
  expect(countIn(next, [asking('c')], NOW_MS)).toEqual({ answers, next: undefined });
  expect(countIn(next, [asking('c')], NOW_MS + 11_000).answers).toEqual([{ kind: 'spent' }]);
});

test('is over when the longest span after the last call is', () => {
  const [short] = budgets as [Ask['budgets'][number]];
  expect(overAtMs([short, { ...short, per: '1h' }], NOW_MS)).toBe(NOW_MS + 3_601_000);
});
