import { expect, test } from 'vitest';
import { createConnections, MAX_CONNECTIONS } from './connections.ts';
import type { PortStream } from './port-stream.ts';

function setUp(refusals: Record<number, string> = {}) {
  const said: string[] = [];
  const connections = createConnections({
    opened(connection, port) {
      said.push(`${connection} opened to ${port}`);
      return refusals[port];
    },
    passed: () => {},
    closed: (connection) => said.push(`${connection} closed`),
  });
  const begin = (half: PortStream['half'], request: number, port = 80) =>
    connections.begin({ half, port, request: `${request}` });
  const opened = (...asked: Parameters<typeof begin>) => {
    const begun = begin(...asked);
    if (typeof begun === 'string') throw new Error(begun);
    return begun;
  };
  return { said, end: connections.end, begin, opened };
}

test('two streams of one request are one connection, which is asked for once and closed with the last of them', () => {
  const { said, end, opened } = setUp();
  const connection = opened('error', 5);
  expect(opened('data', 5)).toBe(connection);
  end(connection);
  expect(said).toEqual(['0 opened to 80']);
  end(connection);
  expect(said).toEqual(['0 opened to 80', '0 closed']);
});

test('the halves may come in any order, and between those of others', () => {
  const { said, opened } = setUp();
  const one = opened('data', 1, 80);
  const two = opened('error', 2, 90);
  expect(opened('error', 1, 80)).toBe(one);
  expect(opened('data', 2, 90)).toBe(two);
  expect(said).toEqual(['0 opened to 80', '1 opened to 90']);
});

test('a request that both streams have named may be named again, for another connection', () => {
  const { opened } = setUp();
  const first = [opened('error', 1), opened('data', 1)].map(({ number }) => number);
  const second = [opened('error', 1, 90), opened('data', 1, 90)].map(({ number }) => number);
  expect([first, second]).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

test('one that ends leaves another of the same request to wait for its other half', () => {
  const { end, opened } = setUp();
  const first = opened('error', 1);
  opened('data', 1);
  const second = opened('error', 1, 90);
  end(first);
  end(first);
  expect(opened('data', 1, 90)).toBe(second);
});

test('the second stream may not name another port, nor be the first again', () => {
  const { begin, opened, said } = setUp({ 22: 'no' });
  opened('error', 1, 80);
  expect(begin('data', 1, 22)).toBe('otherPort');
  expect(begin('error', 1, 80)).toBe('twice');
  expect(said).toEqual(['0 opened to 80']);
});

test('what is refused is refused in both its streams, and asked for and closed no more', () => {
  const { begin, end, opened, said } = setUp({ 22: 'no' });
  const connection = opened('error', 1, 22);
  expect(connection.refusal).toBe('no');
  expect(opened('data', 1, 22)).toBe(connection);
  end(connection);
  expect(said).toEqual(['0 opened to 22']);
  expect(begin('error', 1, 80)).toMatchObject({ number: 1 });
});

test('one whose other half never came is closed with its only one; a later half is another connection', () => {
  const { end, opened, said } = setUp();
  end(opened('error', 1));
  expect(said).toEqual(['0 opened to 80', '0 closed']);
  expect(opened('data', 1).number).toBe(1);
});

test.each([
  ['open', 80],
  ['refused by half', 22],
])('there is room for 128 that are %s', (_what, port) => {
  const { begin, said } = setUp({ 22: 'no' });
  for (let i = 0; i < MAX_CONNECTIONS; i += 1) expect(begin('error', i, port)).toBeTypeOf('object');
  expect(begin('error', MAX_CONNECTIONS, port)).toBe('full');
  expect(said).toHaveLength(MAX_CONNECTIONS);
  expect(begin('data', 0, port)).toMatchObject({ number: 0 });
});

test('what is closed, or refused in whole, leaves room', () => {
  const { begin, end, opened } = setUp({ 22: 'no' });
  for (let i = 0; i < 3 * MAX_CONNECTIONS; i += 1) {
    const connection = opened('error', i);
    opened('data', i);
    end(connection);
    end(connection);
    opened('error', i, 22);
    opened('data', i, 22);
  }
  expect(begin('error', 0)).toBeTypeOf('object');
});
