import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { type Node, readPlainYaml } from './plain-yaml.ts';

/** What stands for a leaf of which only the source is known. */
const UNTOLD = Symbol('untold');

const readAs = (node: Node): unknown => {
  if (node.kind === 'leaf') return node.text ?? UNTOLD;
  if (node.kind === 'list') return node.items.map(readAs);
  return Object.fromEntries([...node.entries].map(([key, inner]) => [key, readAs(inner)]));
};

/** As another reader has it, all scalars as texts; undefined where it finds an error or something that is not plain. */
function elsewhere(document: string, version: '1.1' | '1.2'): unknown {
  const read = parseDocument(document, { schema: 'failsafe', version, strict: true, uniqueKeys: false });
  return read.errors.length > 0 ? undefined : read.toJS();
}

const sameWhereTold = (ours: unknown, theirs: unknown): boolean => {
  if (ours === UNTOLD) return true;
  if (Array.isArray(ours))
    return (
      Array.isArray(theirs) &&
      ours.length === theirs.length &&
      ours.every((it, index) => sameWhereTold(it, theirs[index]))
    );
  if (typeof ours !== 'object' || ours === null) return ours === theirs;
  const keys = Object.keys(ours);
  return (
    typeof theirs === 'object' &&
    theirs !== null &&
    Object.keys(theirs).length === keys.length &&
    keys.every((key) => sameWhereTold(Reflect.get(ours, key), Reflect.get(theirs, key)))
  );
};

const key = fc.stringMatching(/^[a-z$][a-zA-Z./: $-]{0,6}$/);
const text = fc.oneof(
  fc.stringMatching(/^[ -~]{0,20}$/),
  fc.array(fc.stringMatching(/^ {0,2}[a-zA-Z#: "'-]{0,12}$/), { maxLength: 4 }).map((it) => it.join('\n')),
  fc.stringMatching(/^[a-z]{3,9}( [a-z]{3,9}){0,30}$/),
  fc.constantFrom('\u{1f600} a', 'a\u0007b', '\ta\n\tb', 'a\n\n\nb', "it's", ''),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.dictionary(key, tie('tree'), { minKeys: 1, maxKeys: 4 }),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
  ),
}));
const manifest = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4 });
const printed = fc
  .record({
    value: manifest,
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(0, 40),
    singleQuote: fc.constantFrom(null, true, false),
    blockQuote: fc.constantFrom(true, false, 'literal' as const, 'folded' as const),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
  })
  .map(({ value, collectionStyle, ...how }) =>
    Object.entries(value)
      .map(([name, it]) => {
        if (collectionStyle === 'any' || typeof it === 'string') return stringify({ [name]: it }, how);
        const flow = stringify(it, { ...how, collectionStyle }).trimEnd();
        return `${name}: ${flow.replaceAll('\n', '\n  ')}\n`;
      })
      .join(''),
  );

describe('the reader of plain YAML', () => {
  it('never reads anything else than other readers do', () => {
    const scribble = fc.record({
      at: fc.nat(),
      drop: fc.nat(3),
      put: fc.oneof(
        fc.constantFrom(
          '\n',
          ' ',
          '  ',
          ': ',
          '- ',
          '#',
          ' #',
          '"',
          "'",
          '|',
          '>',
          '&a',
          '*a',
          '!t',
          '{',
          '}',
          '[',
          ']',
        ),
        fc.constantFrom(
          '\t',
          '\r',
          '\r\n',
          '\u0085',
          '\u2028',
          '%',
          '? ',
          '\\',
          '---',
          '...',
          '<<: ',
          'null',
          '~',
          ',',
        ),
      ),
    });
    fc.assert(
      fc.property(printed, fc.array(scribble, { maxLength: 3 }), (whole, scribbles) => {
        let document = whole;
        for (const { at, drop, put } of scribbles) {
          const from = at % (document.length + 1);
          document = document.slice(0, from) + put + document.slice(from + drop);
        }
        const ours = readPlainYaml(document);
        if (ours === undefined) return;
        for (const version of ['1.1', '1.2'] as const)
          expect([document, sameWhereTold(readAs(ours), elsewhere(document, version))]).toEqual([
            document,
            true,
          ]);
      }),
      { numRuns: 3000 },
    );
  });

  it('says where each scalar stands: another put there is read there, and nothing else changes', () => {
    fc.assert(
      fc.property(printed, fc.nat(), (document, choice) => {
        const read = readPlainYaml(document);
        if (read === undefined) return;
        const leaves = [...leavesIn(read)].filter(({ leaf }) => leaf.start < leaf.end);
        const chosen = leaves[choice % leaves.length];
        if (chosen === undefined) return;
        const { leaf, path } = chosen;
        const changed = `${document.slice(0, leaf.start)}"chaperone: x"${document.slice(leaf.end)}`;
        const expected = structuredClone(elsewhere(document, '1.2')) as Record<string, unknown>;
        const parent = path.slice(0, -1).reduce<unknown>((at, it) => Reflect.get(at as object, it), expected);
        Reflect.set(parent as object, path.at(-1) ?? '', 'chaperone: x');
        expect(elsewhere(changed, '1.2')).toEqual(expected);
      }),
    );
  });

  it('reads what templates are rendered to', () => {
    const read = readPlainYaml(RENDERED);
    expect(read && readAs(read)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'web',
        labels: { 'app.kubernetes.io/name': 'web', 'helm.sh/chart': 'web-0.1.0' },
        annotations: {
          description: 'a sentence that a printer wrapped at eighty columns',
          'helm.sh/hook': 'a,b',
        },
      },
      type: 'Opaque',
      data: { 'tls.crt': 'TFMwdExTMUNSVWRKVGc9PQ==\n', empty: '', none: UNTOLD },
      stringData: {
        'config.yaml': 'db:\n  password: x # no comment\n\nport: 1\n',
        folded: 'one two',
        quoted: 'a\nb',
      },
      items: [{ key: 'a', path: 'b' }, 'c', ['d', 'e'], UNTOLD],
    });
  });

  it.each([
    ['an anchor', 'a: &x b\nc: *x'],
    ['a merge key', 'a:\n  <<: b'],
    ['a tag', 'a: !!binary aGVsbG8='],
    ['an escape that there is not', 'a: "\\q"'],
    ['half a character', 'a: "\\ud83d\\ude00"'],
    ['an escaped line break', 'a: "b\\\n  c"'],
    ['a key that stands twice', 'a: b\na: c'],
    ['a complex key', '? a\n: b'],
    ['a directive', '%YAML 1.1\na: b'],
    ['a tab for indent', 'a:\n\tb: c'],
    ['another line break', 'a: b\u2028c: d'],
    ['a quoted text that is not further in', 'a: "b\nc"'],
    ['a quoted text that is not closed', 'a: "b\n  c'],
    ['a list that is not further in', 'a: [b,\nc]'],
    ['a flow mapping that may be a Secret', 'items: [{kind: Secret, data: {}}]'],
    ['what ends a document before a key', '... a: b'],
    ['an escape within a flow that there is not', 'a: ["\\q"]'],
    ['a quote within a flow', "a: [it's, b]"],
    ['a comment within a flow', 'a: [b, # c\n  d]'],
    ['an anchor within a flow', 'a: [&b c]'],
    ['a key over lines', 'a: {"b\n  c": d}'],
    ['a colon that may be no key', 'a: {b:"c"}'],
    ['another bracket', 'a: [b}'],
    ['a tab that begins a line of a quoted text', 'a: "b\n  \tc"'],
    ['a line of a tab', 'a:\n  \t\n  b: c'],
    ['very many brackets', `a: ${'['.repeat(70)}${']'.repeat(70)}`],
    ['a line further in below a quoted text', 'a: "b"\n  c: d'],
    ['one in a list', '- - "b"\n    c'],
    ['what stands behind a flow', 'a: [b] c'],
    ['a scalar on the next line before a key', 'a:\n  b\n  c: d'],
    ['a tab before a text', 'a:\n  \tb'],
    ['a block that begins with a tab', 'a: |\n  \tb'],
    ['a folded block with lines further in', 'a: >\n  b\n    c'],
    ['a comment within a text', 'a: b\n  # c\n  d'],
    ['a block whose first line is further in', 'a: |\n    b\n   c'],
    ['the end of a document', 'a: b\n...\nc: d'],
    ['a scalar alone', 'a'],
    ['a very long line', `a: ${'b'.repeat(256 * 1024)}`],
  ])('is not certain about %s', (_, document) => {
    expect(readPlainYaml(document)).toBeUndefined();
  });
});

function* leavesIn(
  node: Node,
  path: readonly (string | number)[] = [],
): Generator<{
  leaf: Extract<Node, { kind: 'leaf' }>;
  path: readonly (string | number)[];
}> {
  if (node.kind === 'leaf') yield { leaf: node, path };
  else
    for (const [key, inner] of node.kind === 'list' ? node.items.entries() : node.entries)
      yield* leavesIn(inner, [...path, key]);
}

const RENDERED = `
# Source: web/templates/secret.yaml
apiVersion: v1
kind: Secret   # a comment
metadata:
  name: "web"
  labels:
    app.kubernetes.io/name: web

    helm.sh/chart: 'web-0.1.0'
  annotations:
    description: a sentence that a printer wrapped
      at eighty columns
    "helm.sh/hook": a,b
type: Opaque
data:
  tls.crt: |
    TFMwdExTMUNSVWRKVGc9PQ==
  empty: ""
  none:
stringData:
  config.yaml: |
    db:
      password: x # no comment

    port: 1
  folded: >-
    one
    two
  quoted: "a\\nb"
items:
- key: a
  path: b
- c
- - d
  - e
- {}
`;

it.each(['}c', '- c', '? c', '[c', '"c', '&c', '|', '%c', ',c', "'"])(
  'a plain scalar goes on with %s, which begins nothing there',
  (on) => {
    const document = `a: b\n  ${on}\n`;
    const read = readPlainYaml(document);
    expect(elsewhere(document, '1.1')).toEqual({ a: `b ${on}` });
    expect(read && readAs(read)).toEqual({ a: `b ${on}` });
  },
);
