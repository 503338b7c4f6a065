// The invariant of decision 23, over writes of every form that nobody thought of: what comes of a write is the same whatever is
// hidden, and in what comes of it each hidden text is itself at its own place or not at all, whatever stands under its name.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Json, putInto } from './test-objects.ts';
import { operated } from './test-operations.ts';
import { LIVES, SECRETS, SHOWN, writes } from './test-writes.ts';

test('what comes of a write does not depend on what is hidden, and no hidden text comes to stand elsewhere', () => {
  let passed = 0;
  fc.assert(
    fc.property(writes, ([as, make]) => {
      const outcomes = LIVES.map((live, which) => putInto(live, as, make(SHOWN[which])));
      const [one, other] = outcomes.map((it) => (it.kind === 'fault' ? [it.code, it.at] : said(it.value)));
      expect(other).toEqual(one);
      const written = outcomes.map((it, which) => {
        if (it.kind === 'fault') return [];
        return leaves(as === 'operations' ? operated(LIVES[which], it.value as Json[]) : (it.value as Json));
      });
      passed += written.some((it) => it.length > 0) ? 1 : 0;
      const equal = written.map((of, which) =>
        of.filter(([name, text]) => HIDDEN[which]?.get(name) === text),
      );
      expect(equal[1]?.map(([name]) => name)).toEqual(equal[0]?.map(([name]) => name));
      for (const [which, of] of written.entries())
        for (const [name, text] of of) {
          const own = HIDDEN[which]?.get(name);
          if (own !== undefined && !own.includes('\n')) expect(text, name).toBe(own);
          if (which === 1 && String(text).includes(SECRETS[1])) expect(own, name).toBeDefined();
        }
    }),
    { numRuns: 3000 },
  );
  expect(passed).toBeGreaterThan(100);
});

/** What goes on, with either secret said alike. */
const said = (it: unknown) => JSON.stringify(it).replaceAll(SECRETS[0], '*').replaceAll(SECRETS[1], '*');

/** Each value that has none within, by the names of what it stands in: of an item of a list its own, or else its index. */
function leaves(of: Json, name = ''): [name: string, value: unknown][] {
  if (of === null || of === undefined) return [];
  if (typeof of !== 'object') return [[name, of]];
  return Object.entries<Json>(of).flatMap(([step, inner]) =>
    leaves(inner, `${name}.${Array.isArray(of) ? (inner?.name ?? step) : step}`),
  );
}

/** What each of the objects hides, and where. */
const HIDDEN = LIVES.map((live, which) => {
  const seen = new Map(leaves(SHOWN[which]));
  return new Map(
    leaves(live).flatMap(([name, text]) => (seen.get(name) === text ? [] : [[name, String(text)]])),
  );
});
