import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decodeRelease, type Gzip } from '../helm/codec.ts';
import { encoded, gzip, hash, reading, release, secretRelease } from '../helm/test-releases.ts';
import { secret } from '../secret.ts';
import { puttingSecretBack } from './secret.ts';
import { unchangedPlaces } from './unchanged.ts';

const stored = (payload: object, resourceVersion = '7', labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'sh.helm.release.v1.web.v1', namespace: 'shop', uid: 'u', resourceVersion, labels },
  type: 'helm.sh/release.v1',
  data: { release: encoded(payload) },
});
const live = stored(secretRelease());
const how = { hash, isCurrent: () => false, revealed: false };
const put = puttingSecretBack({ ...how, releases: reading() });
const write = (value: unknown) => put({ form: 'object', value, dryRun: false, force: false }, live);
const shown = () => {
  const outcome = secret({ hash, reveal: false, releases: reading() })(live);
  return outcome.kind === 'masked' ? (outcome.value as typeof live) : live;
};

it('a Secret with a release is written back as it was shown, and stays as it is', () => {
  expect(shown().data.release).not.toBe(live.data.release);
  const outcome = write({ ...shown(), metadata: { ...shown().metadata, labels: { status: 'superseded' } } });
  expect(outcome).toMatchObject({ kind: 'putBack', count: 4, changed: [], value: { data: live.data } });
});

it('another release over it is a value like any', () => {
  const other = encoded(release());
  expect(write({ ...live, data: { release: other } })).toMatchObject({
    changed: [{ part: 'data', key: 'release' }],
    value: { data: { release: other } },
  });
});

it.each([
  ['in stringData, which no Helm writes', live, 'stringData'],
  ['in a Secret that holds no release', { ...live, data: { release: 'eA==' } }, 'data'],
  ['in a Secret of another type', { ...live, type: 'Opaque' }, 'data'],
])('a release with a sentinel in it is not stored %s', (_, over, field) => {
  const zipped = gzipSync(JSON.stringify(decodeRelease(shown().data.release, gzip, 1e7).payload));
  const text = zipped.toString('base64');
  const value = { [field]: { release: field === 'data' ? btoa(text) : text } };
  const zlib: Gzip = { unpack: (bytes) => gunzipSync(bytes), pack: (bytes) => gzipSync(bytes) };
  const put = puttingSecretBack({ ...how, releases: reading({ gzip: zlib }) });
  expect(put({ form: 'merge', value, dryRun: false, force: false }, over)).toMatchObject({
    code: 'SentinelMisplaced',
    at: `${field}.release`,
  });
  const plain = { [field]: { release: btoa('another') } };
  expect(put({ form: 'merge', value: plain, dryRun: false, force: false }, over).kind).toBe('putBack');
});

it('a hidden description is not written over where the answer could tell what it was', () => {
  const described = stored(secretRelease({ info: { ...release().info, description: 'x'.repeat(300) } }));
  const seen = secret({ hash, reveal: false, releases: reading() })(described);
  const { data } = (seen.kind === 'masked' ? seen.value : live) as typeof live;
  const payload = decodeRelease(data.release, gzip, 1e7).payload as { readonly info: object };
  const told = encoded({ ...payload, info: { ...payload.info, description: 'mine' } });
  const written = (value: string, dryRun: boolean) =>
    put({ form: 'object', value: { ...live, data: { release: value } }, dryRun, force: false }, described);
  expect(written(told, true)).toMatchObject({ code: 'HiddenOverwritten', at: 'data.release' });
  expect(written(told, false).kind).toBe('putBack');
  expect(written(data.release, true).kind).toBe('putBack');
});

it('a release that is written again and again is decoded some times only', () => {
  const value = Array(9).fill({ op: 'add', path: '/data/release', value: encoded(release()) });
  expect(put({ form: 'operations', value, dryRun: false, force: false }, live)).toMatchObject({
    code: 'SentinelMisplaced',
  });
});

it.each([
  ['live', live, 'data'],
  ['in stringData', live, 'stringData'],
  ['in a Secret of that type that holds none', { ...live, data: { release: 'eA==' } }, 'data'],
])(
  'a release too large to be read is looked through, and one too large for that is refused, over what is %s',
  (_, over, field) => {
    const zlib: Gzip = {
      unpack: (bytes, maxOutputLength) => {
        try {
          return gunzipSync(bytes, { maxOutputLength });
        } catch {
          return undefined;
        }
      },
      pack: (bytes) => gzipSync(bytes),
    };
    const put = puttingSecretBack({ ...how, releases: reading({ gzip: zlib }) });
    const written = (json: string, of: object = over) => {
      const text = gzipSync(json).toString('base64');
      const value = { [field]: { release: field === 'data' ? btoa(text) : text } };
      return put({ form: 'merge', value, dryRun: false, force: false }, of);
    };
    const { config } = decodeRelease(shown().data.release, gzip, 1e7).payload as { readonly config: object };
    const json = (more: object) =>
      JSON.stringify(release({ config: { many: Array(50_000).fill(1), ...more } }));
    expect(written(json(config))).toMatchObject({ code: 'SentinelMisplaced', at: `${field}.release` });
    expect(written(json({}))).toMatchObject({ kind: 'putBack' });
    const large = ' '.repeat(8 * 1024 * 1024 + 1);
    expect(written(large)).toMatchObject({ code: 'TooLarge', at: `${field}.release` });
    expect(written(large, { ...over, type: 'Opaque' })).toMatchObject({ kind: 'putBack' });
  },
);

it('a release with another manifest is refused by its place', () => {
  const changed = decodeRelease(shown().data.release, gzip, 1e6).payload;
  expect(write({ ...live, data: { release: encoded({ ...changed, manifest: 'kind: A' }) } })).toMatchObject({
    code: 'SentinelMisplaced',
    at: 'data.release: manifest',
  });
});

it('a release is unchanged where only what Helm notes about it is new', () => {
  const { info } = secretRelease();
  const after = stored(secretRelease({ info: { ...info, status: 'superseded' } }), '8');
  expect(unchangedPlaces(live, after, [], gzip)).toEqual([{ part: 'data', key: 'release' }]);
  expect(unchangedPlaces(live, stored(secretRelease({ config: {} }), '8'), [], gzip)).toEqual([]);
});

it('an apply without force writes over a value that its manager owns alone', () => {
  const entry = (manager: string, operation: string) => ({
    manager,
    operation,
    fieldsV1: { 'f:data': { 'f:release': {} } },
  });
  const applied = (manager: string, managedFields: readonly object[], dryRun = false) =>
    put(
      { form: 'apply', value: { data: { release: 'eA==' } }, dryRun, force: false, manager },
      { ...live, metadata: { ...live.metadata, managedFields } },
    ).kind;
  const helm = entry('helm', 'Apply');
  expect(applied('helm', [helm])).toBe('putBack');
  expect(applied('helm', [helm], true)).toBe('fault');
  expect(applied('kubectl', [helm])).toBe('fault');
  expect(applied('helm', [helm, entry('kubectl-edit', 'Update')])).toBe('fault');
});
