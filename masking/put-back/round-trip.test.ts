import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LAST_APPLIED } from '../test-bodies.ts';
import type { Write } from './put-back.ts';
import { canonical, stored } from './test-appliers.ts';
import { type Body, goesOn, live, piecewise, STATE, shown } from './test-lives.ts';

type Form = readonly [string, Write['form'], (seen: Body) => unknown];

const without = (metadata: Body) => ({ ...metadata, managedFields: undefined });
const forms: readonly Form[] = [
  ['an object', 'object', (seen) => seen],
  ['an apply', 'apply', (seen) => JSON.parse(JSON.stringify({ ...seen, metadata: without(seen.metadata) }))],
  ['a merge patch', 'merge', (seen) => seen],
  ['a strategic merge patch', 'strategic', (seen) => seen],
  [
    'a JSON Patch of all of it',
    'operations',
    (seen) => [
      { op: 'test', path: '', value: seen },
      { op: 'replace', path: '', value: seen },
    ],
  ],
  ['a JSON Patch of each part', 'operations', piecewise],
];

describe.each(forms)('what was shown, written back as %s', (_, form, written) => {
  test('is stored as it was, in a dry run, without force and where it is immutable too', () => {
    fc.assert(
      fc.property(live, fc.boolean(), fc.boolean(), fc.boolean(), (body, dryRun, force, immutable) => {
        const it = { ...body, immutable };
        const { value, changed, pinned } = goesOn({ form, value: written(shown(it)), dryRun, force }, it);
        expect(canonical(stored(it, form, value))).toBe(canonical(it));
        expect(changed).toEqual([]);
        expect(pinned).toBe(form === 'operations' && written === piecewise);
      }),
    );
  });

  test('is stored as it was from an older version too, where that is known to be current', () => {
    fc.assert(
      fc.property(live, (body) => {
        const value = written(shown(body, '3'));
        const isCurrent = (version: string) => version === '3';
        const outcome = goesOn({ form, value }, body, { isCurrent });
        expect(canonical(stored(body, form, outcome.value))).toBe(canonical(body));
      }),
    );
  });
});

describe('what is stored of an edited object', () => {
  const edits = fc.array(fc.constantFrom('keep', 'remove', 'plain', 'stringData'), {
    minLength: 4,
    maxLength: 4,
  });
  const form = fc.constantFrom<Write['form']>('object', 'apply', 'merge', 'strategic');

  test('shows again what was written, wherever a value was put back', () => {
    fc.assert(
      fc.property(live, edits, form, (body, edits, form) => {
        const before = shown(body);
        const [data, stringData, kept]: [Body[], Body[], string[]] = [[], [], []];
        for (const [index, [key, value]] of Object.entries<string>(before.data).entries()) {
          const edit = edits[index] ?? 'keep';
          if (edit === 'keep') data.push([key, value]);
          if (edit === 'plain') data.push([key, btoa('plain')]);
          if (edit === 'stringData') stringData.push([key, atob(value)]);
          if (edit === 'keep' || edit === 'stringData') kept.push(key);
        }
        const seen = {
          ...before,
          data: Object.fromEntries(data),
          stringData: Object.fromEntries(stringData),
        };
        const { value, count } = goesOn({ form, value: seen }, body);
        const after = stored(body, form, value) as Body;
        const again = shown(after);
        for (const key of kept)
          expect([after.data[key], again.data[key]]).toEqual([body.data[key], before.data[key]]);
        expect(again.metadata.annotations).toEqual(before.metadata.annotations);
        expect(count).toBeGreaterThan(0);
      }),
    );
  });

  test('has a copy with the values that it had, and none of the object’s', () => {
    fc.assert(
      fc.property(live, (body) => {
        const { data, stringData, ...copy } = JSON.parse(shown(body).metadata.annotations[LAST_APPLIED]);
        const applied = { ...copy, data: shown(body).data, stringData, type: 'Opaque' };
        const metadata = {
          annotations: { [LAST_APPLIED]: JSON.stringify(applied), other: 'x', [STATE]: null },
        };
        const { value } = goesOn({ form: 'merge', value: { metadata } }, body);
        const after = JSON.parse((value as Body).metadata.annotations[LAST_APPLIED]);
        const before = JSON.parse(body.metadata.annotations[LAST_APPLIED]);
        expect(canonical(after)).toBe(canonical({ ...before, type: 'Opaque' }));
      }),
    );
  });
});
