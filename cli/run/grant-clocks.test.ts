import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../policy/kinds/grant.ts';
import { createGrantClocks, elapsedMs } from './grant-clocks.ts';

const grant = (name: string, seconds: number): Grant => ({
  apiVersion: 'chaperone.dev/v1alpha1',
  kind: 'Grant',
  metadata: { name, namespace: 'local' },
  spec: { pod: { name: 'local', uid: 'local' }, policy: 'p', scope: 's', task: 't', duration: `${seconds}s` },
});
const WALL = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number) => ({ monotonicMs: ms, wallMs: WALL + ms });
const phase = (grants: Grant[]) => grants[0]?.status?.phase;

describe('the clock of a Grant', () => {
  it('starts when its name is first read', () => {
    const clocks = createGrantClocks();
    clocks.read([], at(0));
    const expiresAt = new Date(WALL + 15_000).toISOString();
    expect(clocks.read([grant('g', 10)], at(5000))[0]?.status).toEqual({ phase: 'Active', expiresAt });
    expect(phase(clocks.read([grant('g', 10)], at(14_999)))).toBe('Active');
    expect(phase(clocks.read([grant('g', 10)], at(15_000)))).toBe('Ended');
  });

  it('is not started again by an edit, nor by an edit after the end', () => {
    const clocks = createGrantClocks();
    clocks.read([grant('g', 10)], at(0));
    expect(phase(clocks.read([grant('g', 20)], at(11_000)))).toBe('Active');
    expect(phase(clocks.read([grant('g', 20)], at(20_000)))).toBe('Ended');
    expect(phase(clocks.read([grant('g', 60)], at(21_000)))).toBe('Ended');
  });

  it('stays ended once its Grant was removed', () => {
    const clocks = createGrantClocks();
    clocks.read([grant('g', 10)], at(0));
    clocks.read([], at(1));
    expect(phase(clocks.read([grant('g', 10)], at(2)))).toBe('Ended');
  });

  it('goes by whichever clock went further: one stands still in a suspension, the other may be set', () => {
    expect(elapsedMs(at(0), { monotonicMs: 5, wallMs: WALL + 3_600_000 })).toBe(3_600_000);
    expect(elapsedMs(at(0), { monotonicMs: 5000, wallMs: WALL - 3_600_000 })).toBe(5000);
  });
});

it('whatever is written and removed, no Grant is live beyond its longest duration from its first reading', () => {
  const step = fc.record({
    afterMs: fc.nat(5000),
    file: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 10 }), {
      noNullPrototype: true,
    }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const clocks = createGrantClocks();
      const first = new Map<string, number>();
      const gone = new Set<string>();
      let nowMs = 0;
      for (const { afterMs, file } of steps) {
        nowMs += afterMs;
        for (const name of first.keys()) if (!(name in file)) gone.add(name);
        const read = clocks.read(
          Object.entries(file).map(([name, s]) => grant(name, s)),
          at(nowMs),
        );
        for (const { metadata, status } of read) {
          const { name } = metadata;
          const since = first.get(name) ?? nowMs;
          first.set(name, since);
          const live = status?.phase === 'Active';
          // The model: live exactly while its present duration has not passed, unless it has ended before.
          if (gone.has(name) || nowMs >= since + (file[name] ?? 0) * 1000) gone.add(name);
          expect(live).toBe(!gone.has(name));
        }
      }
    }),
  );
});
