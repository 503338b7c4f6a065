import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Permit } from '../policy/decide.ts';
import { requestOf } from '../policy/fixtures.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { createOpenCalls } from './open-calls.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ended = refuse('Draining', { request: requestOf('GET', '/api') });

/** Only `until` matters here; a Permit is otherwise made by decide alone. */
const permitUntil = (untilMs: number): Permit => ({ kind: 'permit', until: untilMs }) as unknown as Permit;

function setup(decideAgain: (permit: Permit) => Permit | Refusal) {
  const calls = createOpenCalls({
    decideAgain: (call) => decideAgain(call.permit),
    endOf: (permit) => permit.until,
    now: () => Date.now(),
  });
  const cut: string[] = [];
  const open = (name: string, untilMs: number) =>
    calls.add({
      permit: permitUntil(Date.now() + untilMs),
      contentType: undefined,
      cut: () => void cut.push(name),
    });
  return { calls, cut, open };
}

describe('an open call', () => {
  const byDeadline = (permit: Permit) => (Date.now() < permit.until ? permit : ended);

  test('is cut at its deadline, not before, and the later one later', () => {
    const { cut, open } = setup(byDeadline);
    open('late', 5000);
    open('early', 2000);
    vi.advanceTimersByTime(1999);
    expect(cut).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(cut).toEqual(['early']);
    vi.advanceTimersByTime(3000);
    expect(cut).toEqual(['early', 'late']);
  });

  test('is cut by a look at the clock where its timer is late', () => {
    const { calls, cut, open } = setup(byDeadline);
    open('other', 1000);
    const call = { permit: permitUntil(Date.now() + 2000), contentType: undefined, cut: vi.fn() };
    calls.add(call);
    vi.setSystemTime(Date.now() + 1999);
    expect(calls.stands(call)).toBe(true);
    expect(call.cut).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + 1);
    expect(calls.stands(call)).toBe(false);
    expect(call.cut).toHaveBeenCalledExactlyOnceWith(ended);
    expect(cut).toEqual(['other']);
  });

  test('is cut once, at a review, when its permit is revoked', () => {
    let revoked = false;
    const { calls, cut, open } = setup((permit) => (revoked ? ended : permit));
    open('a', 60_000);
    calls.review();
    expect(cut).toEqual([]);
    revoked = true;
    calls.review();
    calls.review();
    expect(cut).toEqual(['a']);
    expect(calls.size).toBe(0);
  });

  test('is left alone once it has ended by itself', () => {
    const { cut, open } = setup(byDeadline);
    open('a', 1000)();
    vi.advanceTimersByTime(2000);
    expect(cut).toEqual([]);
  });

  test('goes on under the renewed permit', () => {
    const { cut, open } = setup((permit) =>
      permit.until < 10_000 + Date.now() ? permitUntil(Date.now() + 50_000) : permit,
    );
    open('a', 1000);
    vi.advanceTimersByTime(30_000);
    expect(cut).toEqual([]);
  });

  test('may have a deadline beyond what a timer can count', () => {
    const { cut, open } = setup(byDeadline);
    open('a', 2 ** 40);
    vi.advanceTimersByTime(60_000);
    expect(cut).toEqual([]);
  });
});

test('what Enforce would once have cut stays marked, also when a rule covers it again', () => {
  const answers = [{ instead: ended }, { instead: undefined }].map((more) => ({
    ...permitUntil(Date.now() + 60_000),
    ...more,
  }));
  const { calls } = setup(() => answers.shift() ?? ended);
  const call = { permit: permitUntil(Date.now() + 60_000), contentType: undefined, cut: () => {} };
  calls.add(call);
  calls.review();
  calls.review();
  expect(call.permit.instead).toBe(ended);
});
