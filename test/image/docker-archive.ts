// An image as `docker save` writes it and `ctr images import` reads it, made without an engine: layers, a config that
// names their digests, and a manifest. The same contents give the same bytes, so the same image.
import { createHash } from 'node:crypto';
import { type TarEntry, tar } from './tar.ts';

export interface ImageSpec {
  /** With registry and tag, e.g. `localhost/pause:1`. */
  readonly reference: string;
  /** Lowest first. A layer that several images share is stored once. */
  readonly layers: readonly (readonly TarEntry[])[];
  readonly entrypoint: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `uid` or `uid:gid`, numeric, so that runAsNonRoot can be checked. */
  readonly user?: string;
}

export interface Image {
  readonly reference: string;
  /** The digest of the config: what the runtime calls the image's ID. */
  readonly id: string;
  /** The docker-archive, as pieces in order. */
  readonly archive: readonly Buffer[];
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export function dockerArchive(spec: ImageSpec): Image {
  const layers = spec.layers.map((entries) => {
    const pieces = tar(entries);
    return { digest: sha256(pieces), data: Buffer.concat(pieces) };
  });
  const config = Buffer.from(
    JSON.stringify({
      architecture: ARCHITECTURES[process.arch] ?? process.arch,
      os: 'linux',
      config: {
        Entrypoint: spec.entrypoint,
        Env: Object.entries({ PATH: '/usr/local/bin:/usr/bin:/bin', ...spec.env }).map(
          ([k, v]) => `${k}=${v}`,
        ),
        ...(spec.user === undefined ? {} : { User: spec.user }),
      },
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => `sha256:${digest}`) },
    }),
  );
  const id = sha256([config]);
  const manifest = [
    { Config: `${id}.json`, RepoTags: [spec.reference], Layers: layers.map(({ digest }) => `${digest}.tar`) },
  ];
  const archive = tar([
    { kind: 'file', path: 'manifest.json', data: Buffer.from(JSON.stringify(manifest)) },
    { kind: 'file', path: `${id}.json`, data: config },
    ...layers.map(({ digest, data }) => ({ kind: 'file' as const, path: `${digest}.tar`, data })),
  ]);
  return { reference: spec.reference, id: `sha256:${id}`, archive };
}

function sha256(pieces: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
