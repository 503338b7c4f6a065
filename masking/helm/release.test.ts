import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { holdsSentinel } from '../sentinel.ts';
import { decodeRelease, encodeRelease, type Gzip } from './codec.ts';
import { type Releases, roomForReleases, showRelease } from './release.ts';
import {
  DEPLOYMENT,
  encoded,
  gzip,
  hash,
  PASSWORD,
  PASSWORD_BASE64,
  reading,
  release,
  SECRET,
  secretRelease,
} from './test-releases.ts';

const VERSION = { uid: 'u', resourceVersion: '7' };
const NAMES = { namespace: 'shop', name: 'sh.helm.release.v1.web.v1' };
const secretOf = (value: string) => ({
  type: 'helm.sh/release.v1',
  metadata: NAMES,
  data: { release: value },
});
const show = (value: string, how: Partial<Releases> = {}) =>
  showRelease(secretOf(value), VERSION, hash, reading(how));

/** What a reader decodes, and how many values were hidden in it. */
function shown(payload: object, how: Partial<Releases> = {}) {
  const outcome = show(encoded(payload), how);
  if (outcome === undefined) throw new Error('the release was not shown');
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of a release
  return { count: outcome.count, payload: decodeRelease(outcome.value, gzip, 1e7).payload as any };
}
const hiddenFile = ({ name }: { readonly name: string }) => ({ name, data: expect.any(String) });
const SENTENCE = expect.stringMatching(/^chaperone: hidden value [0-9a-f]{48}$/);

const zlib: Gzip = {
  unpack: (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength }),
  pack: (bytes) => gzipSync(bytes),
};

describe('a release', () => {
  it('is decompressed, and compressed again', () => {
    const value = encodeRelease(secretRelease(), zlib);
    if (value.kind === 'unreadable') throw new Error(value.why);
    const outcome = show(value.value, { gzip: zlib })?.value ?? '';
    expect(atob(outcome)).toMatch(/^H4sI/);
    expect(decodeRelease(outcome, zlib, 1e7).payload).toMatchObject({ config: { password: SENTENCE } });
  });

  it('passes byte for byte where it has no Secret', () => {
    const value = encoded(release());
    expect(show(value)).toEqual({ kind: 'masked', value, count: 0 });
  });

  it('is shown but for the values of its Secrets, and for what they were made of', () => {
    const { payload, count } = shown(secretRelease());
    expect(count).toBe(4);
    expect(payload).toEqual({
      ...secretRelease(),
      chart: { ...release().chart, templates: secretRelease().chart.templates.map(hiddenFile) },
      config: { password: SENTENCE, replicas: 2 },
      manifest: expect.stringContaining(DEPLOYMENT),
    });
    const [secret] = parseAllDocuments(payload.manifest);
    const data = secret?.toJS().data.password;
    expect(atob(data)).toEqual(SENTENCE);
    expect(secret?.toJS()).toMatchObject({ kind: 'Secret', metadata: { name: 'web' }, type: 'Opaque' });
  });

  it.each([
    ['its notes', { info: { ...release().info, notes: `The password is ${PASSWORD}.` } }],
    ['the values of its chart', { chart: { ...release().chart, values: { db: { password: PASSWORD } } } }],
    [
      'a template',
      { chart: { ...release().chart, templates: [{ name: 'a', data: btoa(`p: ${PASSWORD}`) }] } },
    ],
    ['a file', { chart: { ...release().chart, files: [{ name: 'a', data: btoa(PASSWORD) }] } }],
    ['its schema', { chart: { ...release().chart, schema: btoa(`{"default":"${PASSWORD}"}`) } }],
    ['its values, within a text', { config: { url: `https://app:${PASSWORD}@db` } }],
    ['its values, in base64', { config: { encoded: PASSWORD_BASE64 } }],
    ['another object', { manifest: `${SECRET}---\nkind: ConfigMap\ndata:\n  url: db?p=${PASSWORD}\n` }],
    [
      'base64 of more, in another object',
      { manifest: `${SECRET}---\nkind: A\nv: ${btoa(`user:${PASSWORD}`)}\n` },
    ],
    ['a comment', { manifest: `${SECRET}# it was ${PASSWORD}\n` }],
    ['a hook', { hooks: [{ name: 'h', manifest: `kind: Job\nspec:\n  env: ${PASSWORD}\n` }] }],
    ['what cannot be read', { manifest: `${SECRET}---\nkind: ConfigMap\ndata: &a\n  url: ${PASSWORD}\n` }],
  ])('hides a value of its Secret in %s too', (_, more) => {
    const { payload } = shown(secretRelease({ config: {}, ...more }));
    expect(whereStands(payload, PASSWORD)).toEqual([]);
  });

  it('hides what a value was rendered from: a part of it', () => {
    const url = `stringData:\n  url: postgres://app:${PASSWORD}@db/app\n`;
    const { payload } = shown(
      release({
        manifest: `kind: Secret\nmetadata:\n  name: web\n${url}`,
        config: { db: { password: PASSWORD } },
      }),
    );
    expect(payload.config.db.password).toEqual(SENTENCE);
  });

  it('hides a number that is a value, and keeps a number that JavaScript has none for', () => {
    const config = '{"pin":12345678,"large":12345678901234567890}';
    const text = JSON.stringify(release({ manifest: `kind: Secret\ndata:\n  pin: ${btoa('12345678')}\n` }));
    const { payload } = shown(JSON.parse(text.replace('"config":{"replicas":2}', `"config":${config}`)));
    expect(payload.config.pin).toEqual(SENTENCE);
  });

  it.each([
    ['a Secret with an anchor', 'kind: Secret\ndata: &all\n  password: eA==\n'],
    ['a Secret in a flow mapping', '{kind: Secret, data: {password: eA==}}'],
    ['a Secret in JSON', '{"kind":"Secret","data":{"password":"eA=="}}'],
    ['a Secret whose data is a text', 'kind: Secret\ndata: password\n'],
    ['a kind with an escape', 'kind: "\\x53ecret"\ndata: &a\n  password: eA==\n'],
    ['a kind with a tag', 'kind: !!binary U2VjcmV0\ndata:\n  password: eA==\n'],
    ['what begins on the line of its separator', '---kind: Secret\ndata:\n  password: eA==\n'],
  ])('hides %s whole, and then all texts of which it cannot know', (_, document) => {
    const { payload } = shown(release({ manifest: `${document}\n---\n${DEPLOYMENT}` }));
    expect(payload.manifest).toMatch(/^(?:---)?\n# chaperone: hidden value [0-9a-f]{48}\n/);
    expect(payload.manifest).not.toMatch(/eA==|web:1\.2/);
    expect(payload.manifest).toContain('kind: Deployment\nmetadata:\n  name: web\n');
    expect(payload.config).toEqual({ replicas: SENTENCE });
    expect(payload.info.notes).toEqual(SENTENCE);
    expect(atob(payload.chart.templates[0].data)).toEqual(SENTENCE);
  });

  it('hides the whole of a manifest that may hold a Secret where there are very many lines', () => {
    const manifest = `${SECRET}${'#\n'.repeat(50_000)}---\n${DEPLOYMENT}`;
    const { payload, count } = shown(
      secretRelease({ manifest, hooks: [{ name: 'h', manifest: `${manifest}\n` }] }),
    );
    expect(payload.hooks[0].manifest).toMatch(/^\n# chaperone: hidden value [0-9a-f]{48}\n$/);
    expect(count).toBeGreaterThan(4);
  });

  it('hides the values of a Secret in a List, and keeps the names of objects', () => {
    const items = `items:\n- kind: Secret\n  metadata:\n    name: ${PASSWORD}\n  data:\n    p: ${PASSWORD_BASE64}\n`;
    const { payload, count } = shown(release({ manifest: `kind: List\n${items}` }));
    expect(count).toBe(3);
    expect(payload.manifest).toContain(`name: ${PASSWORD}`);
    expect(payload.manifest).not.toContain(PASSWORD_BASE64);
  });

  it('hides a value that is empty, or missing, as any other', () => {
    const { payload } = shown(
      release({ manifest: 'kind: Secret\ndata:\n  a:\n  b: ""\nstringData:\n  c: null\n' }),
    );
    const { data, stringData } = parse(payload.manifest);
    expect([atob(data.a), atob(data.b), stringData.c]).toEqual([SENTENCE, SENTENCE, SENTENCE]);
  });

  it('hides a description that is longer than those of Helm, whatever it says', () => {
    const { payload } = shown(release({ info: { ...release().info, description: 'x'.repeat(257) } }));
    expect(payload.info.description).toEqual(SENTENCE);
    const described = { info: { ...release().info, description: PASSWORD } };
    expect(shown(secretRelease(described)).payload.info.description).toBe(PASSWORD);
  });

  it('hides what a pattern of the policy finds, with or without a Secret', () => {
    const finds = (text: string) => text.includes('--verbose') || text.includes('It runs');
    const { payload } = shown(release(), { finds });
    expect(payload.info.notes).toEqual(SENTENCE);
    expect(payload.manifest).toMatch(/args: "chaperone: hidden value [0-9a-f]{48}"\n/);
  });

  it.each([
    ['is no base64', '*'],
    ['is no gzip', btoa(btoa('\x1f\x8b\x08 no'))],
    ['is no JSON', btoa(btoa('no'))],
    ['is no object', btoa(btoa('[]'))],
    ['has a field that is not known', encoded(release({ secrets: {} }))],
    ['has an object of the cluster in it', encoded(release({ info: { resources: {} } }))],
    ['is larger than is read', encoded(release({ config: { a: 'x'.repeat(4 * 1024 * 1024) } }))],
  ])('that %s is not shown', (_, value) => {
    expect(show(value)).toBeUndefined();
  });

  it('is not shown where those before it in the body have used up the room', () => {
    const room = roomForReleases();
    const value = encoded(release({ config: { a: 'x'.repeat(3 * 1024 * 1024) } }));
    const outcomes = Array.from({ length: 7 }, () => show(value, { room }) !== undefined);
    expect(outcomes).toEqual([...Array(5).fill(true), false, false]);
  });

  it.each([
    ['values', { config: { a: Array.from({ length: 45_000 }, (_, it) => `v${it}`) } }, 5],
    ['lines of manifests', { manifest: 'a: b\n---\n'.repeat(45_000) }, 2],
    ['dashes of manifests', { manifest: '- - - a\n'.repeat(20_000) }, 3],
    ['values that are hidden', { manifest: SECRET, config: { a: Array(30_000).fill(PASSWORD) } }, 4],
  ])('is not shown where those before it have used up the room, in %s', (_, more, fit) => {
    const room = roomForReleases();
    const json = JSON.stringify(release(more));
    const value = btoa(gzipSync(json).toString('base64'));
    const outcomes = Array.from({ length: fit + 2 }, () => show(value, { room, gzip: zlib }) !== undefined);
    expect(outcomes).toEqual([...Array(fit).fill(true), false, false]);
  });

  it('that the policy names is shown as it is', () => {
    const value = encoded(secretRelease());
    const exempt = [{ namespace: 'shop', name: 'web' }];
    expect(show(value, { exempt })).toEqual({ kind: 'masked', value, count: 0 });
    expect(show(value, { exempt: [{ namespace: 'shop', name: 'w' }] })?.count).toBe(4);
  });

  it('never shows a value of a Secret, however it is printed and wherever else it stands', () => {
    const value = fc.stringMatching(/^[A-Z][A-Za-z0-9 +/:"'\\{}#-]{10,30}[A-Z]$/);
    const other = fc.constantFrom(...['{v}', 'https://app:{v}@db', 'a\n{v}\nb', '{b}', '# {v}', 'no']);
    const printing = fc.record({
      lineWidth: fc.constantFrom(0, 40),
      singleQuote: fc.constantFrom(null, true, false),
    });
    fc.assert(
      fc.property(value, other, other, printing, fc.boolean(), (secret, one, two, how, isData) => {
        const filled = (text: string) => text.replace('{v}', secret).replace('{b}', btoa(secret));
        const field = isData ? { data: { k: btoa(secret) } } : { stringData: { k: secret } };
        const documents = [
          { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, ...field },
          {
            kind: 'ConfigMap',
            metadata: { name: 'web', annotations: { a: filled(two) } },
            data: { x: filled(one) },
          },
        ].map((it) => stringify(it, how));
        const payload = release({
          manifest: documents.join('---\n'),
          config: { a: [filled(one)], b: { c: filled(two) } },
        });
        const seen = shown(payload).payload;
        expect(whereStands(seen, secret)).toEqual([]);
        expect(holdsSentinel(JSON.stringify(seen))).toBe(true);
        // A quoted text over lines is not read. Otherwise what is hidden is hidden in its place.
        if (how.lineWidth > 0) return;
        const kinds = parseAllDocuments(seen.manifest).map((it) => it.toJS()?.metadata?.name ?? 'hidden');
        expect(kinds).toEqual(['web', 'web']);
      }),
    );
  });
});

/** Every text of a payload in which a value stands: as it is, in base64, in YAML, in a file. */
function whereStands(payload: unknown, value: string): string[] {
  const found: string[] = [];
  const look = (text: string): void => {
    const forms = [text];
    if (/^[A-Za-z0-9+/]+=*$/.test(text) && text.length % 4 === 0) forms.push(atob(text));
    if (forms.some((it) => it.includes(value) || it.includes(btoa(value)))) found.push(text);
  };
  JSON.stringify(payload, (_, it) => {
    if (typeof it === 'string') look(it);
    if (typeof it === 'string' && it.includes('kind: '))
      for (const document of parseAllDocuments(it))
        JSON.stringify(document.toJS() ?? null, (__, inner) => {
          if (typeof inner === 'string') look(inner);
          return inner;
        });
    return it;
  });
  return found;
}
