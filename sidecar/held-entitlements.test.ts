import { describe, expect, test } from 'vitest';
import { factsOf } from '../policy/fixtures.ts';
import { takeSnapshot } from '../policy/take-snapshot.ts';
import { createHeldEntitlements, MAX_CLOCK_PARTING_MS } from './held-entitlements.ts';

function setup() {
  const clock = { monotonic: 1000, wall: 5_000_000 };
  const held = createHeldEntitlements({ monotonicMs: () => clock.monotonic, wallMs: () => clock.wall });
  const take = (arrivedMs = clock.monotonic) => held.take(takeSnapshot(factsOf()), arrivedMs);
  const kind = () => {
    return held.current()?.leaseUntil;
  };
  return { clock, held, take, kind };
}

describe('held entitlements', () => {
  test('are none before the first snapshot', () => {
    expect(setup().kind()).toBeUndefined();
  });

  test('count from the arrival of the snapshot, not from when it was taken up', () => {
    const { clock, take, kind } = setup();
    take(900);
    expect(kind()).toBe(900 + 60_000);
    clock.monotonic += 10;
    clock.wall += 10;
    expect(kind()).toBe(900 + 60_000);
  });

  test.each([1, -1])(
    'are stale where the clocks part by more than %i times the bound, until the next',
    (sign) => {
      const { clock, take, kind } = setup();
      take();
      clock.wall += sign * MAX_CLOCK_PARTING_MS;
      expect(kind()).toBe(61_000);
      clock.wall += sign;
      expect(kind()).toBeUndefined();
      take();
      expect(kind()).toBe(61_000);
    },
  );

  test('tell every listener of each snapshot, when it already holds', () => {
    const { held, take, kind } = setup();
    const seen: unknown[] = [];
    held.onChange(() => seen.push(['a', kind()]));
    held.onChange(() => seen.push(['b', kind()]));
    take();
    expect(seen).toEqual([
      ['a', 61_000],
      ['b', 61_000],
    ]);
  });
});
