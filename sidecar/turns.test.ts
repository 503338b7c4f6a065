import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTurns, TURN_MS } from './turns.ts';

let nowMs = 0;
beforeEach(() => void vi.useFakeTimers({ toFake: ['setImmediate'] }));
afterEach(() => void vi.useRealTimers());

test('steps are done at once until a turn is full, and then in their order in the next', () => {
  const done: string[] = [];
  const { run } = createTurns(() => nowMs);
  const step = (name: string, ms: number) =>
    run(() => {
      done.push(name);
      nowMs += ms;
    });
  step('a', TURN_MS - 1);
  step('b', 1);
  step('c', TURN_MS);
  step('d', 0);
  expect(done.join('')).toBe('ab');
  vi.runAllTicks();
  vi.advanceTimersToNextTimer();
  expect(done.join('')).toBe('abc');
  step('e', 0);
  expect(done.join('')).toBe('abc');
  vi.advanceTimersToNextTimer();
  expect(done.join('')).toBe('abcde');
  vi.advanceTimersToNextTimer();
  step('f', 0);
  expect(done.join('')).toBe('abcdef');
});

test('a step that throws does not keep the others from theirs', () => {
  const { run } = createTurns(() => nowMs);
  const done: string[] = [];
  run(() => {
    nowMs += TURN_MS;
  });
  run(() => {
    throw new Error('inside');
  });
  run(() => done.push('next'));
  expect(() => vi.advanceTimersToNextTimer()).toThrow('inside');
  vi.advanceTimersToNextTimer();
  expect(done).toEqual(['next']);
});
