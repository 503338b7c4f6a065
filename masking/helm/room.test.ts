// What a body's releases may take together: one that is not read leaves the others their room.
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { Gzip } from './codec.ts';
import { roomForReleases, showRelease } from './release.ts';
import { hash, reading, release } from './test-releases.ts';

const gzip: Gzip = {
  unpack(bytes, maxOutputLength) {
    try {
      return gunzipSync(bytes, { maxOutputLength });
    } catch {
      return undefined;
    }
  },
  pack: (bytes) => gzipSync(bytes),
};
const packed = (json: string | Uint8Array): string => btoa(gzipSync(json).toString('base64'));

it.each<[string, number, string]>([
  [
    'of more lines than are read',
    1,
    packed(JSON.stringify(release({ manifest: `a: b${'\n'.repeat(249_930)}` }))),
  ],
  ['of more values than are read', 9, packed(JSON.stringify(release({ config: Array(60_000).fill(1) })))],
  ['of more bytes than are read', 9, packed(new Uint8Array(6 * 1024 * 1024))],
])('a release %s leaves room for others', (_, times, first) => {
  const room = roomForReleases();
  const show = (value: string) => {
    const secret = { type: 'helm.sh/release.v1', metadata: {}, data: { release: value } };
    return showRelease(secret, { uid: 'u', resourceVersion: '7' }, hash, reading({ gzip, room }));
  };
  for (let at = 0; at < times; at += 1) show(first);
  expect(show(packed(JSON.stringify(release())))).toMatchObject({ count: 0 });
});
