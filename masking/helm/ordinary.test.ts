// What ordinary charts print: a release without a Secret is shown as it is, and one with a Secret is hidden in nothing else for it.
import { describe, expect, it } from 'vitest';
import { mayBeSecret } from './secret-word.ts';
import { payloadOf, release, SECRET } from './test-releases.ts';

const ORDINARY: [string, string][] = [
  ['an empty mapping on the next line', 'resources:\n  {}\nlabels:\n  []'],
  ['a scalar on the next line', 'a:\n  "b"\nc:\n  d e\n  f'],
  ['escapes in a list', 'command: ["sh", "-c", "echo \\"x\\" # \\\\"]'],
  ['a list over lines', 'command: ["sh",\n  "-c", "test ! -f x"]\nargs: [--metrics=*, a b]'],
  ['JSON', 'a: {"b": [1, true, {"c":null}],\n  "d": "e"}'],
  ['a text that toYaml folds', `a: "${'word and '.repeat(9)}\n  word and end\\ttab"\nb: 'it''s\n\n  folded'`],
  ['escapes of toYaml', 'a: "\\U0001F600 \\a \\e[0m \\_"'],
  ['a tab that begins a line of a file', 'nginx.conf: |\n  server {\n  \tif ($a != "b") { return 1; }\n  }'],
  ['a folded text with blank lines', 'a: >-\n  one\n\n  two!'],
  ['a description over blank lines', 'description: Name of the\n\n  Secret\n  to use. data'],
  ['keys of other characters', '$ref: x!\na b: c\nk:v: "d"\n/healthz: ok\nkey,with: z'],
  [
    'a reference to a Secret',
    'issuerRef: {kind: Secret, name: x}\nrefs:\n- kind: Secret\n  name: x\n  optional: true',
  ],
];
const manifestOf = (document: string) =>
  `---\nkind: Any\nmetadata:\n  name: web\nspec:\n${document.replace(/^(?=.)/gm, '  ')}\n`;
/** Neither is read. */
const UNREAD: [string, string][] = [
  ['an anchor', 'a: &x\n  b: c!\nd: *x'],
  ['prose of Secrets and data', 'a: &x The Secret to use\nd: *x\ndata: "\\U0001F600"'],
];

describe('what ordinary charts print', () => {
  it.each([...ORDINARY, ...UNREAD])('is shown as it is in a release without a Secret: %s', (_, document) => {
    const payload = release({ manifest: manifestOf(document) });
    expect(payloadOf(payload)).toEqual(payload);
  });

  it.each([...ORDINARY, ...UNREAD])('does not hide the notes of one with a Secret: %s', (_, document) => {
    const manifest = `---\n${SECRET}${manifestOf(document)}`;
    const shown = payloadOf(release({ manifest })) as ReturnType<typeof release>;
    expect(shown.info.notes).toBe('It runs.');
    expect(shown.manifest).toContain(manifestOf(document));
  });
});

describe('a text that is not read', () => {
  it.each([
    'kind: Secret\ndata:\n',
    'kind: Secret # x\nstringData:\n',
    '{"kind":"Secret","data":{}}',
    "kind: 'SecretList'\nitems: [{data: {}}]",
    'kind:\n  Secret\r\nDATA: &a\n',
    'kind: "\\x53ecret"',
    'kind: "\\u0053ecret"',
    'kind: "\\U00000053ecret"',
    'kind: "Sec\\\n  ret"',
    'kind: !!binary U2VjcmV0',
    'kind: !<tag:yaml.org,2002:binary> U2VjcmV0',
    'kind: !e!binary U2VjcmV0',
    'k\0i\0n\0d\0',
  ])('may be a Secret: %j', (text) => {
    expect(mayBeSecret(text)).toBe(true);
  });

  it.each([
    'command: ["sh","-c","echo \\"x\\""]\ndata:',
    'if ($a != "b") data: !x',
    'the Secret to use. data: x',
    'data: mySecret',
    'kind: Secret\nmetadata: x',
    '"\\U0001F600 \\t\\a\\\\"',
  ])('is none: %j', (text) => {
    expect(mayBeSecret(text)).toBe(false);
  });
});
