import { expect, test } from 'vitest';
import { DURATION_MS, givenUp, led, mayLead, observe } from './record.ts';

const EPOCH_MS = Date.parse('2030-01-01T00:00:00.123Z');
const seen = { resourceVersion: '7', sinceMs: 1_000 };
const held = led({}, 'one', EPOCH_MS);

test('a record reads as client-go writes it', () => {
  expect(held).toEqual({
    holderIdentity: 'one',
    leaseDurationSeconds: 15,
    acquireTime: '2030-01-01T00:00:00.123000Z',
    renewTime: '2030-01-01T00:00:00.123000Z',
    leaseTransitions: 1,
  });
  expect(led(held, 'one', EPOCH_MS + 2000)).toEqual({ ...held, renewTime: '2030-01-01T00:00:02.123000Z' });
  expect(led(held, 'other', EPOCH_MS + 2000)).toMatchObject({
    holderIdentity: 'other',
    acquireTime: '2030-01-01T00:00:02.123000Z',
    leaseTransitions: 2,
  });
});

test('whoever leads goes on; another waits until its record has stood still for as long as it says', () => {
  expect(mayLead(held, seen, 'one', 1_000)).toBe(true);
  expect(mayLead(held, seen, 'other', 1_000 + DURATION_MS)).toBe(false);
  expect(mayLead(held, seen, 'other', 1_001 + DURATION_MS)).toBe(true);
});

test('a record that moved is waited for anew, whatever times stand in it', () => {
  const long = { ...held, renewTime: '1970-01-01T00:00:00.000000Z' };
  const moved = observe(seen, '8', 1_000 + DURATION_MS);
  expect(mayLead(long, moved, 'other', 1_001 + DURATION_MS)).toBe(false);
  expect(observe(seen, '7', 99_000)).toBe(seen);
});

test('one that was given up, or emptied by a person, is free at once', () => {
  expect(mayLead(givenUp(held, EPOCH_MS), seen, 'other', 1_000)).toBe(true);
  expect(mayLead({}, seen, 'other', 1_000)).toBe(true);
  expect(led(givenUp(held, EPOCH_MS), 'other', EPOCH_MS).leaseTransitions).toBe(2);
});
