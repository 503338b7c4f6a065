// Puts chaperone into a cluster as a platform team would: one image of our bundles, and the chart by helm.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Cluster } from './cluster/cluster.ts';
import { nodeImage } from './cluster/images.ts';
import { Obstacle } from './cluster/obstacle.ts';
import { ok } from './cluster/pods.ts';
import type { Image } from './image/docker-archive.ts';

const PROJECT = dirname(import.meta.dirname);
const IMAGE = { repository: 'localhost/chaperone', tag: 'test' };

/** The namespace that chaperone runs in. */
export const SYSTEM = 'chaperone-system';

/**
 * Sidecar and controller: our bundles, or those of `instead`, and the Node that runs us. Throws an Obstacle where they have
 * not been built.
 */
export async function chaperoneImage(instead: Readonly<Record<string, Buffer>> = {}): Promise<Image> {
  const bundle = async (name: string) =>
    instead[name] ??
    (await readFile(join(PROJECT, 'dist', name)).catch(() => {
      throw new Obstacle(`There is no dist/${name}`, 'npm run build');
    }));
  return nodeImage({
    name: `${IMAGE.repository}:${IMAGE.tag}`,
    files: {
      '/app/sidecar.mjs': await bundle('sidecar.mjs'),
      '/app/controller.mjs': await bundle('controller.mjs'),
    },
    args: ['/app/controller.mjs'],
    user: '61443:61443',
  });
}

/** Loads the image and installs the chart; resolves when the controller is ready. */
export async function installChaperone(
  cluster: Cluster,
  otlpEndpoint: string,
  image = chaperoneImage(),
): Promise<void> {
  await cluster.loadImages([await image]);
  const values = {
    'image.repository': IMAGE.repository,
    'image.tag': IMAGE.tag,
    'image.pullPolicy': 'Never',
    otlpEndpoint,
  };
  const set = Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const where = ['--namespace', SYSTEM, '--create-namespace', '--wait', '--timeout', '60s'];
  await ok(cluster.helm(['install', 'chaperone', join(PROJECT, 'charts/chaperone'), ...where, ...set]));
}
