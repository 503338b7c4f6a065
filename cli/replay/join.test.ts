import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CastHeader } from '../../wire/recordings.ts';
import { joinParts, leftOut } from './join.ts';

const id = '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10';
const header: CastHeader = {
  version: 2,
  width: 80,
  height: 24,
  timestamp: 0,
  title: '',
  chaperone: { id, namespace: 'shop', pod: 'web', stream: { kind: 'portforward', ports: [] } },
};
const part = (uid = id) =>
  JSON.stringify({ kind: 'part', agent: { namespace: 'agents', serviceAccount: 'bot', uid }, header });
const chunk = (seq: number) => JSON.stringify({ kind: 'chunk', seq, events: [[seq, 'o', `${seq}`]] });
const close = (seq: number) => JSON.stringify({ kind: 'close', seq });
const numbers = (answers: readonly (readonly string[])[]) =>
  joinParts(answers).map(({ events }) => events.map(([at]) => at));

describe('the parts of a recording', () => {
  test('are one, whichever replicas have them, however often they were sent and in whatever order they come', () => {
    const all = [1, 2, 3, 4, 5, 6];
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        fc.array(fc.subarray(all), { minLength: 3, maxLength: 3 }),
        (order, copies) => {
          const parts = [[...all].slice(0, 3), [...all].slice(3), ...copies.slice(0, 2)].map((seqs) => [
            part(),
            ...seqs.map(chunk),
            ...(seqs.includes(6) ? [close(7)] : []),
          ]);
          const found = joinParts(order.map((n) => parts[n] ?? []));
          expect(found.map(({ events }) => events.map(([at]) => at))).toEqual([all]);
          expect(found[0]?.remarks).toEqual([]);
        },
      ),
    );
  });

  test('of two agents are two recordings, also with one id', () => {
    const other = id.replace('6', '7');
    expect(numbers([[part(), chunk(1), part(other), chunk(1), chunk(2)]])).toEqual([[1], [1, 2]]);
  });

  test('that are missing are told, and so is an end that is', () => {
    const [joined] = joinParts([[part(), chunk(1), chunk(4)]]);
    expect(joined?.remarks).toEqual([
      '2 of 4 parts are missing: the controller that kept them is not there',
      'it has no end: it goes on, or its sidecar was lost',
    ]);
    expect(joinParts([[part(), chunk(1), close(4)]])[0]?.remarks).toHaveLength(1);
  });

  test.each([['{"kind":"chu'], [''], ['null'], ['{"kind":"chunk","seq":2,"events":[[0,"q",""]]}']])(
    'are taken without a line that is none: %j',
    (line) => {
      expect(numbers([[line, part(), chunk(1), line, close(2)]])).toEqual([[1]]);
    },
  );
});

test('what lists leave out is told once, and is no part of a recording', () => {
  const cut = (parts: unknown) => JSON.stringify({ kind: 'leftOut', parts });
  const answers = [[cut(4), part(), '{'], [cut(3)], [part(), cut('x'), cut(-1)]];
  expect(leftOut(answers)).toBe(4);
  expect(leftOut([[part()]])).toBe(0);
  expect(joinParts(answers)).toHaveLength(1);
});
