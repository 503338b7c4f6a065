import { expect, test } from 'vitest';
import { NOW_EPOCH_MS } from '../../policy/fixtures.ts';
import { printTime } from './conditions.ts';
import type { GrantStatus } from './grant-status.ts';
import { KEPT_FOR_MS, outlived } from './retention.ts';

const grant = (phase: GrantStatus['phase'], ...agesMs: number[]) => ({
  object: {
    metadata: { name: 'live' },
    status: {
      phase,
      conditions: agesMs.map((ageMs) => ({ lastTransitionTime: printTime(NOW_EPOCH_MS - ageMs) })),
    },
  },
  read: undefined,
});
const goes = (each: ReturnType<typeof grant>) => outlived([each], NOW_EPOCH_MS).length === 1;

test.each(['Ended', 'Refused'] as const)(
  'a Grant that is %s goes a week after that, and no sooner',
  (phase) => {
    expect(goes(grant(phase, KEPT_FOR_MS + 1000))).toBe(true);
    expect(goes(grant(phase, KEPT_FOR_MS - 1000))).toBe(false);
    // Accepted long ago, ended just now.
    expect(goes(grant(phase, 2 * KEPT_FOR_MS, 1000))).toBe(false);
  },
);

test('one that has not ended, or does not say when, stays', () => {
  expect(goes(grant('Active', 2 * KEPT_FOR_MS))).toBe(false);
  expect(goes(grant(undefined, 2 * KEPT_FOR_MS))).toBe(false);
  expect(goes(grant('Ended'))).toBe(false);
  expect(outlived([{ object: { metadata: { name: 'bare' } }, read: undefined }], NOW_EPOCH_MS)).toEqual([]);
});

test('those that a finalizer holds do not keep the others from going', () => {
  const over = grant('Ended', 2 * KEPT_FOR_MS);
  const metadata = { name: 'held', deletionTimestamp: printTime(NOW_EPOCH_MS) };
  const held = { ...over, object: { ...over.object, metadata } };
  expect(outlived([...Array(50).fill(held), over], NOW_EPOCH_MS)).toEqual([over]);
});
