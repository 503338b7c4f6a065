// For the test of decision 23: two objects that differ in what they hide alone, and writes of every form that nobody thought of.
import fc from 'fast-check';
import type { Write } from '../put-back/put-back.ts';
import { type Json, shown } from './test-objects.ts';

/** As long as each other: a length is no secret of a pattern's. The first is what is guessed. */
export const SECRETS = ['secret-aaaa', 'secret-bbbb'] as const;

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
    // Of one the two are equal, of the other not.
    file: `${secret}\n${SECRETS[0]}\nopen`,
  },
});
export const LIVES = SECRETS.map(liveWith);
export const SHOWN = LIVES.map((live) => shown(live));

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
    .constantFrom(SECRETS[0], `--key=${SECRETS[0]}`, `to ${SECRETS[0]}`, 'x', null, 1, {}, [])
    .map((it) => () => structuredClone(it)),
  fc.constantFrom('A', 'a').map((it) => () => it),
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
/** The text of several lines in another order, or without some, or with a guess among them. */
const FILE = ['spec', 'file'];
const reordered: fc.Arbitrary<Make> = fc
  .shuffledSubarray([0, 1, 2, 3], { minLength: 3 })
  .map((order) => (of: Json) => {
    const lines: readonly string[] = [...at(of, FILE).split('\n'), SECRETS[0]];
    return order.map((index) => lines[index]).join('\n');
  });
const edit = fc.record({ path, extra: fc.option(key, { freq: 3 }), value, removes: fc.boolean() });
const reorder = fc.record({
  path: fc.constant(FILE),
  extra: fc.constant(null),
  value: reordered,
  removes: fc.constant(false),
});
const object: fc.Arbitrary<Make> = fc
  .array(fc.oneof({ arbitrary: edit, weight: 5 }, { arbitrary: reorder, weight: 1 }), { maxLength: 4 })
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
const printed = (keys: Path) => keys.map((it) => `/${String(it).replaceAll('/', '~1')}`).join('');
const pointer = fc.oneof(
  fc
    .tuple(path, fc.option(key, { freq: 3 }))
    .map(([place, extra]) => printed(extra === null ? place : [...place, extra])),
  fc.constantFrom(...PATHS.filter((it) => it.at(-1) === 'name').map(printed)),
);
const operation = fc.record({
  op: fc.constantFrom('add', 'replace', 'remove', 'test', 'copy', 'move'),
  path: pointer,
  from: pointer,
  value,
});
const ofFile = (op: string) =>
  fc.record({
    op: fc.constant(op),
    path: fc.constant(printed(FILE)),
    from: fc.constant(''),
    value: reordered,
  });
const operations: fc.Arbitrary<Make> = fc
  .array(
    fc.oneof(
      { arbitrary: operation.map((it) => [it]), weight: 4 },
      { arbitrary: ofFile('replace').map((it) => [it]), weight: 1 },
      { arbitrary: fc.tuple(ofFile('replace'), ofFile('test')), weight: 1 },
    ),
    { maxLength: 4 },
  )
  .map((list) => (of: Json) => list.flat().map(({ value: make, ...more }) => ({ ...more, value: make(of) })));

/** A form, and what is written in it. */
export const writes = fc
  .constantFrom<Write['form']>('object', 'merge', 'strategic', 'apply', 'operations', 'operations')
  .chain((form) => fc.tuple(fc.constant(form), form === 'operations' ? operations : object));
