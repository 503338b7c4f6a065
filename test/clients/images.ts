// An image for each official client: the client as its registry has it, and a small program that asks it for one step after
// another. Images are kept by the node, so a test file that wants them asks once.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { provideBinaries } from '../cluster/binaries.ts';
import { file, nodeImage } from '../cluster/images.ts';
import { dockerArchive, type Image } from '../image/docker-archive.ts';
import { pythonLayers } from './python.ts';

export const CLIENTS = ['python', 'javascript', 'go'] as const;
export type ClientName = (typeof CLIENTS)[number];

const USER = '1000:1000';
const EXECUTABLE = 0o755;

export const imageOf = (client: ClientName): string => `localhost/client-${client}:test`;

type Progress = (line: string) => void;

export function clientImage(client: ClientName, onProgress: Progress): Promise<Image> {
  const images = { python: pythonImage, javascript: javascriptImage, go: goImage };
  return images[client](onProgress);
}

async function pythonImage(onProgress: Progress): Promise<Image> {
  const here = join(import.meta.dirname, 'python');
  const layers = await pythonLayers(join(here, 'requirements.txt'), onProgress);
  return dockerArchive({
    reference: imageOf('python'),
    layers: [...layers, [await file('/client.py', join(here, 'client.py'))]],
    entrypoint: ['/usr/local/bin/python3', '/client.py'],
    user: USER,
  });
}

/** Bundled, as an agent may be; what is in the bundle is the package as npm installed it. */
async function javascriptImage(): Promise<Image> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'javascript/client.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  const files = { '/client.mjs': Buffer.from(outputFiles[0]?.contents ?? []) };
  return nodeImage({ name: imageOf('javascript'), files, args: ['/client.mjs'], user: USER });
}

async function goImage(onProgress: Progress): Promise<Image> {
  const { 'client-go': program } = await provideBinaries(['client-go'], onProgress);
  const layers = [[await file('/client', await readFile(program), EXECUTABLE)]];
  return dockerArchive({ reference: imageOf('go'), layers, entrypoint: ['/client'], user: USER });
}
