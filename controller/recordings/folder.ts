// The folder of parts: each is one file, written once, by one process, from its beginning to its end. So there is nothing to
// take up again after a crash: what was torn ends a file, and what is sent again is another part.
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readLines } from '../../wire/lines.ts';
import { newName, type PartName, readName } from './names.ts';

export interface PartFile extends PartName {
  readonly name: string;
  readonly bytes: number;
  /** When it was last written, epoch ms. */
  readonly atMs: number;
}

export interface Folder {
  /** Whose name is on disk when it resolves. */
  create(part: PartName): Promise<{ readonly name: string; readonly file: FileHandle }>;
  /** The oldest first. */
  list(): Promise<PartFile[]>;
  /** The whole ones; of a part that another has just removed, none. */
  lines(name: string): AsyncIterable<string>;
  remove(name: string): Promise<void>;
}

export async function openFolder(path: string): Promise<Folder> {
  await mkdir(path, { recursive: true, mode: 0o700 });

  async function isPart(name: string): Promise<PartFile[]> {
    const part = readName(name);
    const stats = part && (await stat(join(path, name)).catch(() => undefined));
    return part && stats ? [{ ...part, name, bytes: stats.size, atMs: stats.mtimeMs }] : [];
  }

  return {
    async create(part) {
      const name = newName(part);
      const file = await open(join(path, name), 'ax', 0o600);
      const folder = await open(path);
      await folder.sync().finally(() => folder.close());
      return { name, file };
    },
    async list() {
      const found: PartFile[] = [];
      for (const name of await readdir(path)) found.push(...(await isPart(name)));
      return found.sort((a, b) => a.atMs - b.atMs);
    },
    async *lines(name) {
      const read = readLines();
      const file = createReadStream(join(path, name));
      try {
        for await (const piece of file as AsyncIterable<Buffer>)
          for (const line of read(piece)) if (line.kind === 'line') yield line.text;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    },
    remove: (name) =>
      unlink(join(path, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      }),
  };
}
