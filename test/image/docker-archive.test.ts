import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { dockerArchive, type ImageSpec } from './docker-archive.ts';

const base = [{ kind: 'file', path: '/bin/true', data: Buffer.from('base') }] as const;
const layer = [{ kind: 'file', path: '/app', data: Buffer.from('ours') }] as const;
const spec: ImageSpec = {
  reference: 'localhost/some:tag',
  layers: [base, layer],
  entrypoint: ['/bin/true'],
  user: '65532:65532',
};

test('names each layer and the config by the digest of its bytes', () => {
  const { id, reference, archive } = dockerArchive(spec);
  const read = (path: string) => execFileSync('tar', ['-xOf', '-', path], { input: Buffer.concat(archive) });
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const [manifest] = JSON.parse(read('manifest.json').toString());
  expect(manifest.RepoTags).toEqual([reference]);
  const config = read(manifest.Config);
  expect(`sha256:${sha256(config)}`).toBe(id);
  const { rootfs, config: run } = JSON.parse(config.toString());
  expect(rootfs.diff_ids).toEqual(manifest.Layers.map((path: string) => `sha256:${sha256(read(path))}`));
  expect(rootfs.diff_ids).toHaveLength(2);
  expect(run).toMatchObject({ Entrypoint: ['/bin/true'], User: '65532:65532' });
});

test('the same contents are the same image', () => {
  expect(dockerArchive(spec)).toEqual(dockerArchive({ ...spec, layers: [[...base], [...layer]] }));
  expect(dockerArchive({ ...spec, user: '0:0' }).id).not.toBe(dockerArchive(spec).id);
});
