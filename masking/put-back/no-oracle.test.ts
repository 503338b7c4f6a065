import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LAST_APPLIED } from '../test-bodies.ts';
import { hiddenIn } from './live-secret.ts';
import type { Write } from './put-back.ts';
import { canonical, stored } from './test-appliers.ts';
import { type Body, escaped, putBack, STATE, shown, twins } from './test-lives.ts';

/** Texts by which somebody would look for what is hidden in one of two: right guesses, sentinels, and these in parts. */
function textsFor([one, other]: readonly [Body, Body]): readonly string[] {
  const known = [one, other].flatMap((it: Body) => {
    const seen = [shown(it), shown(it, '3')];
    const bodies = [it, ...seen];
    return [
      ...bodies.flatMap(({ data }) => Object.values<string>(data)),
      ...bodies.flatMap(({ metadata }) => Object.values<string>(metadata.annotations)),
      ...seen.flatMap(({ data }) => Object.values<string>(data).map(atob)),
    ];
  });
  return [
    ...known,
    ...known.map((it) => it.slice(1)),
    btoa(known[0] ?? ''),
    'plain',
    'cGxhaW4=',
    'kubernetes.io/service-account-token',
  ];
}

/** Writes of every form, of these texts at every kind of place. */
function writesFor(pair: readonly [Body, Body]): fc.Arbitrary<Write> {
  const [one] = pair;
  const keys = [...Object.keys(one.data), 'new'];
  const text = fc.constantFrom(...textsFor(pair));
  const key = fc.constantFrom(...keys);
  const note = fc.constantFrom(
    LAST_APPLIED,
    STATE,
    'kapp.k14s.io/original',
    'note',
    ...Object.keys(one.metadata.annotations),
  );
  const value = fc.oneof({ weight: 8, arbitrary: text }, fc.constantFrom<unknown>(null, 5, {}, ['x']));
  const map = fc.oneof(
    { weight: 9, arbitrary: fc.dictionary(key, value, { maxKeys: 3 }) },
    fc.constantFrom<unknown>(null, 'x', { $patch: 'replace' }),
  );
  const copy = fc
    .record({ data: map, stringData: map }, { requiredKeys: [] })
    .map((it) => JSON.stringify(it));
  const notes = fc.dictionary(note, fc.oneof(value, copy), { maxKeys: 3 });
  const managedFields = fc.constantFrom<unknown>(
    shown(one).metadata.managedFields,
    one.metadata.managedFields,
    [{}],
    [],
  );
  const part = fc.record(
    {
      data: map,
      stringData: map,
      metadata: fc.record(
        { annotations: notes, managedFields, labels: fc.dictionary(key, text, { maxKeys: 1 }) },
        { requiredKeys: [] },
      ),
      type: fc.constantFrom('Opaque', 'bootstrap.kubernetes.io/token'),
      immutable: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const whole = part.map((it) => ({
    ...shown(one),
    ...it,
    metadata: { ...shown(one).metadata, ...it.metadata },
  }));
  const under = (path: string, keys: fc.Arbitrary<string>) => keys.map((it) => `${path}/${escaped(it)}`);
  const pointer = fc.oneof(
    { weight: 5, arbitrary: under('/data', key) },
    { weight: 3, arbitrary: under('/metadata/annotations', note) },
    under('/metadata/labels', key),
    under('/stringData', key),
    fc.constantFrom(
      '',
      '/data',
      '/stringData',
      '/metadata',
      '/metadata/annotations',
      '/metadata/managedFields',
      '/metadata/labels',
      '/metadata/managedFields/1/fieldsV1/f:data',
      '/data/a/b',
      'x/data',
      '/type',
      '/metadata/resourceVersion',
    ),
  );
  const operation = fc.record({
    op: fc.constantFrom('add', 'remove', 'replace', 'test', 'test', 'copy', 'move'),
    path: pointer,
    from: pointer,
    value: fc.oneof({ weight: 5, arbitrary: value }, copy, map, notes, part, whole),
  });
  const flags = { dryRun: fc.boolean(), force: fc.boolean() };
  return fc.oneof(
    fc.record({ form: fc.constantFrom<Write['form']>('apply', 'merge', 'strategic'), value: part, ...flags }),
    fc.record({ form: fc.constant<Write['form']>('object'), value: fc.oneof(whole, part), ...flags }),
    fc.record({
      form: fc.constant<Write['form']>('operations'),
      value: fc.array(operation, { minLength: 1, maxLength: 4 }),
      ...flags,
    }),
  );
}

const cases = twins.chain((pair) => fc.tuple(fc.constant(pair), writesFor(pair), fc.boolean()));
const isCurrent = (version: string) => version === '3';

/** What somebody learns of a write: the outcome, whether it was stored, and of a dry run whether it would change anything. */
function learned(body: Body, write: Write, immutable: boolean) {
  const live = { ...body, immutable };
  const outcome = putBack(write, live, { isCurrent });
  if (outcome.kind === 'fault') return outcome;
  const { value, ...told } = outcome;
  const made = stored(live, write.form, value);
  // What is no Secret the API server does not store.
  const after = made !== undefined && hiddenIn(made) !== undefined ? made : undefined;
  const would = (write.dryRun || immutable) && canonical(after) === canonical(live);
  return {
    ...told,
    isStored: after !== undefined,
    would,
    shows: write.dryRun && after !== undefined && shown(after),
  };
}

test('a write of two Secrets that differ in hidden values alone is answered alike', () => {
  const seen = { fault: 0, stored: 0, refused: 0 };
  fc.assert(
    fc.property(cases, ([[one, other], write, immutable]) => {
      const outcome = learned(one, write, immutable);
      expect(learned(other, write, immutable)).toEqual(outcome);
      if (outcome.kind === 'fault') seen.fault += 1;
      else seen[outcome.isStored ? 'stored' : 'refused'] += 1;
    }),
    { numRuns: 2000 },
  );
  expect(Math.min(seen.fault, seen.stored, seen.refused)).toBeGreaterThan(10);
});

test('what a guess could be compared with is refused, whatever was guessed', () => {
  fc.assert(
    fc.property(twins, fc.boolean(), ([body], right) => {
      const [key] = Object.keys(body.data);
      fc.pre(key !== undefined);
      const guess = right ? body.data[key] : btoa('guess');
      const [path, own] = [`/data/${escaped(key)}`, shown(body).data[key]];
      const plain = { op: 'replace', path, value: guess };
      const again = { op: 'replace', path, value: own };
      const refused = (operations: readonly object[]) =>
        putBack({ form: 'operations', value: operations }, body);
      const at = `data.${key}`;
      const overwritten = { kind: 'fault', code: 'HiddenOverwritten' };
      const carried = { kind: 'fault', code: 'HiddenCarried' };
      expect(refused([plain, { op: 'test', path, value: own }, again])).toEqual({ ...overwritten, at });
      expect(refused([plain, { op: 'test', path: '/data', value: shown(body).data }, again])).toEqual({
        ...overwritten,
        at: 'data',
      });
      expect(
        refused([
          { op: 'replace', path: '/data', value: { [key]: guess } },
          { op: 'test', path, value: own },
        ]),
      ).toMatchObject(overwritten);
      expect(refused([again, { op: 'test', path, value: guess }])).toMatchObject(overwritten);
      expect(refused([{ op: 'copy', from: path, path: '/metadata/labels/a' }])).toEqual({ ...carried, at });
    }),
  );
});

test('no value of the object comes into a copy, where whether it changes would tell whether the two are equal', () => {
  fc.assert(
    fc.property(twins, ([body, other]) => {
      const written = (it: Body) => {
        const applied = JSON.stringify({ data: shown(it).data });
        const metadata = { annotations: { 'kapp.k14s.io/original': applied } };
        return putBack({ form: 'merge', value: { metadata }, dryRun: true }, it);
      };
      expect(written(body)).toEqual(written(other));
    }),
  );
});
