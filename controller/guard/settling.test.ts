import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SETTLED_MS, type Seen, type Standing, settlesInMs, standingSince } from './settling.ts';

const state = (generation: number, ...named: string[]): Seen => ({
  uid: 'u',
  generation,
  named: new Set(named),
});
/** How long until `agents` is settled, by the end of these looks, one every second. */
function after(...looks: (Seen | undefined)[]): number {
  let standing: Standing | undefined;
  for (const [at, seen] of looks.entries()) standing = seen && standingSince(standing, seen, 1000 * at);
  return settlesInMs(standing, 'agents', 1000 * (looks.length - 1));
}
const [one, two, three] = [1, 2, 3].map((generation) => state(generation, 'agents')) as [Seen, Seen, Seen];

test.each<[string, readonly (Seen | undefined)[], number]>([
  ['is settled when it has been named for long enough', [one, one, one, one], 0],
  ['is not before', [one, one, one], 1000],
  ['stays it while others come and go', [one, state(2, 'agents', 'bots'), three, state(4, 'agents')], 0],
  ['begins anew after a gap', [one, state(2), three, three], 2000],
  ['begins anew after a change that was not seen', [one, three, three], 2000],
  ['begins anew in another object', [one, one, { ...two, uid: 'v' }], 3000],
  ['begins anew in an object that was gone', [one, one, undefined, one], 3000],
  ['begins anew in one that went back', [two, two, one], 3000],
  ['is never settled where it is not named', [state(1, 'bots')], Number.POSITIVE_INFINITY],
  [
    'is never settled where the generation is not told',
    Array(5).fill({ ...one, generation: Number.NaN }),
    3000,
  ],
])('a namespace %s', (_, looks, settledIn) => {
  expect(after(...looks)).toBe(settledIn);
});

const anyChange = fc.record({
  named: fc.subarray(['agents', 'bots']),
  isAnother: fc.boolean(),
  forMs: fc.integer({ min: 0, max: 2_000 }),
  isSeen: fc.boolean(),
});

test('whatever was seen of any history, what is settled was named by every state in that time', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 40 }), (changes) => {
      const history: (Seen & { readonly fromMs: number })[] = [];
      let standing: Standing | undefined;
      let nowMs = 0;
      for (const { named, isAnother, forMs, isSeen } of changes) {
        const before = history.at(-1);
        const isNew = isAnother || before === undefined;
        const next = isNew
          ? { ...state(1, ...named), uid: `u${history.length}` }
          : { ...before, named: new Set(named), generation: before.generation + 1 };
        history.push({ ...next, fromMs: nowMs });
        nowMs += forMs;
        if (isSeen) standing = standingSince(standing, next, nowMs);
        if (!isSeen || settlesInMs(standing, 'agents', nowMs) > 0) continue;
        const lately = history.filter((_, at) => (history[at + 1]?.fromMs ?? nowMs) > nowMs - SETTLED_MS);
        for (const each of lately) expect(each.named).toContain('agents');
      }
    }),
  );
});
