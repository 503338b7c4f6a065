// The port of a sidecar under bytes that no client sends, for a quarter of a minute; `npm run fuzz:bytes` does it for longer.
import { expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { fuzzBytes } from './bytes.ts';
import { MAX_RSS_MIB } from './governed.ts';
import { SHAPES } from './plan.ts';

const SECONDS = 12;

test('malformed input reaches nothing and ends nothing, and who behaves is served all the while', async () => {
  const { verdict, calls, faults } = await fuzzBytes(await suiteCluster(), SECONDS, 5);
  expect(faults).toEqual([]);
  expect(verdict).toMatchObject({ reachedUpstream: 0, restarts: 0 });
  expect(verdict.peakRssMiB).toBeLessThanOrEqual(MAX_RSS_MIB);
  expect(verdict.connections).toBeGreaterThan(SHAPES.length);
  expect(calls).toBeGreaterThan(10);
}, 90_000);
