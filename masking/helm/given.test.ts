// What of a release's values is shown where it holds a Secret, and what patterns find in a release.
import { describe, expect, it } from 'vitest';
import { payloadOf, release } from './test-releases.ts';

const b64 = (text: string): string => btoa(text);
const secret = (data: string) => `---\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  it: ${data}\n`;
const shown = (manifest: string, more: object, finds?: (text: string, key?: string) => boolean) =>
  JSON.stringify(payloadOf(release({ config: {}, manifest, ...more }), finds));

const PASSWORD = 'hunter2hunter2';

describe('a value that was given to a release with a Secret', () => {
  it.each([
    ['a quote', 'pa"ss\\wo/rd<1>', 'https://app:pa%22ss@db'],
    ['a line break at its end', `${PASSWORD}\n`, `https://app:${PASSWORD}@db`],
    ['few characters', 'abc12', 'https://app:abc12@db'],
    ['short lines that are indented anew', 'user=a\npass=b7c8d9\n', '"auth:\\n  user=a\\n  pass=b7c8d9\\n"'],
    ['what is escaped in a URL', 'p@ssword99', 'https://app:p%40ssword99@db'],
    ['base64 of base64', b64(b64(PASSWORD)), PASSWORD],
    ['something that a template hashed', PASSWORD, '$2a$10$abcdefghijklmnopqrstuv'],
    ['a number', 87654321, '8.7654321e+07'],
  ])('is hidden: %s', (_, value, rendered) => {
    const text = shown(secret(rendered), { config: { auth: { it: value } } });
    expect(text).not.toContain(JSON.stringify(value));
    expect(text).toMatch(/"auth":\{"it":"chaperone: hidden value /);
  });

  it('is hidden where its chart gives it', () => {
    const text = shown(secret('$2a$10$abc'), { chart: { ...release().chart, values: { it: PASSWORD } } });
    expect(text).not.toContain(PASSWORD);
  });

  it('is hidden as the name of a key, unless the templates of the chart name it', () => {
    const config = { tokens: { [PASSWORD]: 1 }, password: { replicas: 1 } };
    const text = shown(secret(`${PASSWORD}:x password replicas`), { config });
    expect(text).not.toContain(PASSWORD);
    expect(text).toContain('"password":{"replicas":1}');
  });

  it('is shown where it stands in the open, or is short, true or false', () => {
    const open = 'kind: Deployment\nspec:\n  image: example.org/team/web:1.25.3\n  mode: ReadWriteOnce\n';
    const config = {
      tag: '1.25.3',
      image: 'team/web',
      mode: 'ReadWriteOnce',
      replicas: 3,
      on: 'true',
      no: false,
    };
    expect(shown(`${secret(PASSWORD)}---\n${open}`, { config })).toContain(
      `"config":${JSON.stringify(config)}`,
    );
  });

  it('is hidden where it stands in the open and is a part of a Secret', () => {
    const open = `kind: ConfigMap\ndata:\n  user: ${PASSWORD}\n`;
    const text = shown(`${secret(`https://${PASSWORD}@db`)}---\n${open}`, { config: { a: PASSWORD } });
    expect(text).not.toContain(PASSWORD);
  });

  it('is shown in a release without one', () => {
    expect(shown('---\nkind: ConfigMap\n', { config: { a: PASSWORD } })).toContain(PASSWORD);
  });
});

describe('beside its values', () => {
  it.each([
    ['base64 of base64', `kind: A\nv: ${b64(b64(PASSWORD))}\n`, b64(b64(PASSWORD))],
    ['a name of a field', `kind: ConfigMap\ndata:\n  ${PASSWORD}: x\n`, PASSWORD],
    ['a text that is folded', `kind: A\nv: "correct\n  horse battery"\n`, 'horse battery'],
  ])('a value of a Secret is hidden: %s', (_, document, leak) => {
    const value = leak === 'horse battery' ? 'correct horse battery' : PASSWORD;
    expect(shown(`${secret(value)}---\n${document}`, {})).not.toContain(leak);
  });
});

describe('a pattern of the policy finds, with or without a Secret,', () => {
  const TOKEN = 'AKIAIOSFODNN7EXAMPLE';
  const finds = (text: string, key?: string) => /AKIA|DB_PASSWORD=/.test(`${key}=${text}`);
  it.each<[string, string, object]>([
    ['a description', '', { info: { description: TOKEN } }],
    ['what a chart says of itself', '', { chart: { metadata: { description: TOKEN } } }],
    ['a name of a value', '', { config: { [TOKEN]: 1 } }],
    ['a name of a field', `kind: ConfigMap\ndata:\n  ${TOKEN}: x\n`, {}],
    ['the value of a variable', `kind: Pod\nenv:\n- name: DB_PASSWORD\n  value: ${TOKEN.slice(4)}\n`, {}],
    [
      'the value of a given variable',
      '',
      { config: { env: [{ name: 'DB_PASSWORD', value: TOKEN.slice(4) }] } },
    ],
  ])('%s', (_, manifest, more) => {
    expect(shown(manifest, more)).toContain(TOKEN.slice(4));
    expect(shown(manifest, more, finds)).not.toContain(TOKEN.slice(4));
  });
});
