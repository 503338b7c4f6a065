import { describe, expect, it } from 'vitest';
import { decodeRelease } from './codec.ts';
import { isSameRelease, lookIntoRelease, putReleaseBack } from './put-back.ts';
import { showRelease } from './release.ts';
import { encoded, gzip, hash, PASSWORD, reading, release, secretRelease } from './test-releases.ts';

const UID = 'u';
const hook = { name: 'h', manifest: 'kind: Job\n', last_run: { phase: '' } };
const stored = secretRelease({ hooks: [hook] });
const live = encoded(stored);

// biome-ignore lint/suspicious/noExplicitAny: the JSON of a release
const decoded = (value: string): any => decodeRelease(value, gzip, 1e7).payload;

function shownAt(resourceVersion: string) {
  const secret = { type: 'helm.sh/release.v1', metadata: {}, data: { release: live } };
  const shown = showRelease(secret, { uid: UID, resourceVersion }, hash, reading());
  return shown?.value ?? '';
}
const put = (written: string, current: readonly string[] = ['7']) =>
  putReleaseBack(written, live, {
    ...reading(),
    hash,
    version: { uid: UID, resourceVersion: '7' },
    isCurrent: (version) => current.includes(version),
  });
/** As Helm prints what it read, with something changed. */
const changed = (change: (payload: ReturnType<typeof decoded>) => void, version = '7') => {
  const payload = decoded(shownAt(version));
  change(payload);
  return encoded(payload);
};

describe('a release that was shown with something hidden in it', () => {
  it('is stored as it is, byte for byte, where it is written as it was shown', () => {
    expect(put(shownAt('7'))).toEqual({ kind: 'putBack', value: live, count: 4 });
  });

  it('is stored with a new status, and all else as it is', () => {
    const written = changed((it) => {
      it.info.status = 'superseded';
      it.info.description = 'another';
      it.info.deleted = '2026-02-02T02:02:02Z';
      it.hooks[0].last_run = { phase: 'Succeeded' };
      it.hooks[0].delete_policies = ['before-hook-creation'];
    });
    const outcome = put(written);
    expect(outcome).toMatchObject({ kind: 'putBack', count: 4 });
    if (outcome.kind !== 'putBack') return;
    const told = { status: 'superseded', description: 'another', deleted: '2026-02-02T02:02:02Z' };
    const ran = { ...hook, last_run: { phase: 'Succeeded' }, delete_policies: ['before-hook-creation'] };
    expect(decoded(outcome.value)).toEqual({ ...stored, info: { ...stored.info, ...told }, hooks: [ran] });
    expect(isSameRelease(live, outcome.value, gzip)).toBe(true);
  });

  it('is the same to another version of Helm, which prints what is empty otherwise', () => {
    const written = changed((it) => {
      it.chart.lock = undefined;
      it.chart.schemamodtime = undefined;
      it.chart.files = null;
      it.info.rollback_revision = 0;
    });
    expect(put(written)).toEqual({ kind: 'putBack', value: live, count: 4 });
  });

  it.each([
    ['a value', 'config.password', (it: ReturnType<typeof decoded>) => (it.config.password = 'mine')],
    ['a value that was none', 'config.more', (it: ReturnType<typeof decoded>) => (it.config.more = '')],
    ['the manifest', 'manifest', (it: ReturnType<typeof decoded>) => (it.manifest += '\n')],
    ['the notes', 'info.notes', (it: ReturnType<typeof decoded>) => (it.info.notes = 'mine')],
    [
      'a hook',
      'hooks[0].manifest',
      (it: ReturnType<typeof decoded>) => (it.hooks[0].manifest = 'kind: Pod\n'),
    ],
    ['which hooks there are', 'hooks', (it: ReturnType<typeof decoded>) => it.hooks.pop()],
    ['the version', 'version', (it: ReturnType<typeof decoded>) => (it.version = 2)],
    [
      'a sentinel in its status',
      'info',
      (it: ReturnType<typeof decoded>) => (it.info.status = it.config.password),
    ],
  ])('is not written with another %s', (_, at, change) => {
    expect(put(changed(change))).toEqual({ kind: 'fault', code: 'SentinelMisplaced', at });
  });

  it('is not written with the sentinels of another object', () => {
    const other = {
      ...decoded(shownAt('7')),
      config: { password: `${'chaperone: hidden value '}${'0'.repeat(15)}7${'a'.repeat(32)}` },
    };
    expect(put(encoded(other))).toMatchObject({ code: 'SentinelMisplaced' });
  });

  it('is not written with sentinels of before somebody else wrote it, and is after what we did', () => {
    expect(put(shownAt('6'))).toEqual({ kind: 'fault', code: 'SentinelStale', at: '' });
    expect(put(shownAt('6'), ['6', '7'])).toEqual({ kind: 'putBack', value: live, count: 4 });
  });

  it('is a value like any where it is written without a sentinel, or is no release', () => {
    expect(put(encoded(release()))).toEqual({ kind: 'plain' });
    expect(put(live)).toEqual({ kind: 'plain' });
    expect(put(btoa(PASSWORD))).toEqual({ kind: 'plain' });
  });
});

it('a sentinel in a release is found through its compression', () => {
  const secret = (value: string) => ({ type: 'helm.sh/release.v1', data: { release: value } });
  expect(lookIntoRelease(secret(shownAt('7')), gzip).kind).toBe('sentinel');
  expect(lookIntoRelease(secret(live), gzip).kind).toBe('nothing');
});
