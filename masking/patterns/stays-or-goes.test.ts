// The invariant of decision 23, over writes of every form that nobody thought of: what comes of a write is the same whatever is
// hidden, and in what goes on each hidden text is itself at its own place or not at all.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Write } from '../put-back/put-back.ts';
import { type Json, putInto, shown } from './test-objects.ts';

/** As long as each other: a length is no secret of a pattern's. */
const SECRETS = ['secret-aaaa', 'secret-bbbb'] as const;

const liveWith = (secret: string): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web',
    uid: 'u1',
    resourceVersion: '7',
    annotations: { note: `to ${secret}`, open: 'x' },
  },
  spec: {
    containers: [
      {
        name: 'a',
        args: ['-v', `--key=${secret}`],
        env: [
          { name: 'A', value: secret },
          { name: 'B', value: 'b' },
        ],
      },
      { name: 'b', image: 'i', env: [{ name: 'A', value: `one\n${secret}\nthree` }] },
    ],
    users: [
      { id: 'x', word: secret },
      { id: 'y', word: 'plain' },
    ],
    login: { word: secret, open: true },
  },
});
const LIVES = SECRETS.map(liveWith);
const SHOWN = LIVES.map((live) => shown(live));

type Path = readonly (string | number)[];
const pathsIn = (value: Json, path: Path = []): Path[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.keys(value).flatMap((key) =>
        pathsIn(value[key], [...path, Array.isArray(value) ? Number(key) : key]),
      )
    : []),
];
const PATHS = pathsIn(LIVES[0]).filter((path) => path.length > 0);
const at = (value: Json, path: Path): Json => path.reduce((inner, key) => inner?.[key], value);

/** Of `shown`, so that both lives get the same write but for their sentinels. */
type Make = (shown: Json) => unknown;
const path = fc.constantFrom(...PATHS);
const value: fc.Arbitrary<Make> = fc.oneof(
  fc
    .constantFrom(...SECRETS, `--key=${SECRETS[0]}`, `to ${SECRETS[0]}`, 'x', null, 1, {}, [])
    .map((it) => () => structuredClone(it)),
  path.map((from) => (of: Json) => structuredClone(at(of, from))),
);
const key = fc.oneof(
  fc.constantFrom('a', 'name', 'value', '$patch', '$deleteFromPrimitiveList/args', '-'),
  fc.nat(3),
);

/** Undefined: it is taken away. */
const edited = (root: Json, target: Path, to: unknown): void => {
  const parent = at(root, target.slice(0, -1));
  const last = target.at(-1) ?? '';
  if (typeof parent !== 'object' || parent === null) return;
  if (to === undefined) delete parent[last];
  else parent[last] = to;
};
const object: fc.Arbitrary<Make> = fc
  .array(fc.record({ path, extra: fc.option(key, { freq: 3 }), value, removes: fc.boolean() }), {
    maxLength: 4,
  })
  .map(
    (edits): Make =>
      (of) => {
        const root = structuredClone(of);
        for (const { path: place, extra, value: make, removes } of edits) {
          const target = extra === null ? place : [...place, extra];
          edited(root, target, removes && extra === null ? undefined : make(of));
        }
        return root;
      },
  );
const pointer = fc
  .tuple(path, fc.option(key, { freq: 3 }))
  .map(([place, extra]) =>
    [...place, ...(extra === null ? [] : [extra])]
      .map((it) => `/${String(it).replaceAll('/', '~1')}`)
      .join(''),
  );
const operations: fc.Arbitrary<Make> = fc
  .array(
    fc.record({
      op: fc.constantFrom('add', 'replace', 'remove', 'test', 'copy', 'move'),
      path: pointer,
      from: pointer,
      value,
    }),
    { maxLength: 4 },
  )
  .map(
    (list) => (of: Json) => list.map(({ value: make, ...operation }) => ({ ...operation, value: make(of) })),
  );

test('what comes of a write does not depend on what is hidden, and no hidden text comes to stand elsewhere', () => {
  const form = fc.constantFrom<Write['form']>('object', 'merge', 'strategic', 'apply', 'operations');
  const write = form.chain((as) => fc.tuple(fc.constant(as), as === 'operations' ? operations : object));
  let passed = 0;
  fc.assert(
    fc.property(write, ([as, make]) => {
      const outcomes = LIVES.map((live, which) => putInto(live, as, make(SHOWN[which])));
      const [one, other] = outcomes.map((it) => (it.kind === 'fault' ? [it.code, it.at] : said(it.value)));
      expect(other).toEqual(one);
      passed += outcomes[0]?.kind === 'putBack' ? 1 : 0;
      const [put, live] = [outcomes[0], LIVES[0]];
      if (put?.kind !== 'putBack' || as === 'operations') return;
      const written = make(SHOWN[0]);
      for (const place of pathsIn(put.value as Json)) {
        const text = at(put.value as Json, place);
        // Where the agent wrote it itself it is a text like any other.
        if (typeof text !== 'string' || !text.includes(SECRETS[0]) || at(written as Json, place) === text)
          continue;
        expect(sameName(live, put.value, place), place.join('.')).toContain(text);
      }
    }),
    { numRuns: 3000 },
  );
  expect(passed).toBeGreaterThan(100);
});

/** What goes on, with either secret said alike. */
const said = (value: unknown) =>
  JSON.stringify(value).replaceAll(SECRETS[0], '*').replaceAll(SECRETS[1], '*');

/** What stands at the same place, items of a list known by name or index. */
function sameName(live: Json, put: unknown, place: Path): unknown[] {
  const [step, ...rest] = place;
  if (step === undefined) return [live];
  const [inner, own] = [
    at(put as Json, [step]),
    typeof step === 'number' ? nameOf(at(put as Json, [step])) : undefined,
  ];
  const found = own === undefined ? at(live, [step]) : live?.find?.((it: Json) => nameOf(it) === own);
  return sameName(found, inner, rest);
}
const nameOf = (item: Json): unknown => item?.name;
