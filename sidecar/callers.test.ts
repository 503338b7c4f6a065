import { expect, test } from 'vitest';
import { createCallers, FORMER_TOKEN_MS } from './callers.ts';

test('a caller is found by its token and by no other', () => {
  const callers = createCallers(() => 0);
  const token = callers.issue('app', 0);
  expect(callers.find(token)).toEqual({ kind: 'caller', container: 'app' });
  expect(callers.find(undefined)).toBeUndefined();
  expect(callers.find('')).toBeUndefined();
  expect(callers.find(`${token}x`)).toBeUndefined();
  expect(callers.find(token.slice(1))).toBeUndefined();
});

test('two containers have two tokens of 32 random bytes', () => {
  const callers = createCallers(() => 0);
  const [a, b] = [callers.issue('a', 0), callers.issue('b', 0)];
  expect(a).not.toBe(b);
  expect(Buffer.from(a, 'base64url')).toHaveLength(32);
  expect(callers.find(a)?.container).toBe('a');
  expect(callers.find(b)?.container).toBe('b');
});

test('a former token holds for a minute after its successor and not longer', () => {
  let now = 0;
  const callers = createCallers(() => now);
  const former = callers.issue('app', now);
  now = 1000;
  const next = callers.issue('app', now);
  now = 1000 + FORMER_TOKEN_MS - 1;
  expect(callers.find(former)?.container).toBe('app');
  now = 1000 + FORMER_TOKEN_MS;
  expect(callers.find(former)).toBeUndefined();
  expect(callers.find(next)?.container).toBe('app');
});

test('a token from before a crash is known again', () => {
  const token = createCallers(() => 0).issue('app', 0);
  const callers = createCallers(() => 0);
  expect(callers.find(token)).toBeUndefined();
  callers.adopt('app', token);
  expect(callers.find(token)?.container).toBe('app');
});
