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
  /** The oldest first; of what nobody has written for an hour, as it was when it was first listed so. */
  list(): Promise<PartFile[]>;
  /** The whole ones; of a part that another has just removed, none. */
  lines(name: string): AsyncIterable<string>;
  /** Unless it has been written since it was listed. */
  remove(file: PartFile): Promise<void>;
}

/** A part whose writer is there is touched every ten minutes (open-parts.ts). */
const CLOSED_AFTER_MS = 3_600_000;
/** Some 200 bytes each. */
const MAX_REMEMBERED = 128 * 1024;
/** Of a folder on the network each takes a millisecond; what is written meanwhile waits behind so many. */
const STATS_AT_ONCE = 16;

/** `now`: epoch ms. Rejects where it cannot be used. */
export async function openFolder(path: string, now: () => number): Promise<Folder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  let closed = new Map<string, PartFile>();

  async function look(name: string): Promise<PartFile | undefined> {
    const part = readName(name);
    const stats = part && (await stat(join(path, name)).catch(() => undefined));
    return part && stats && { ...part, name, bytes: stats.size, atMs: stats.mtimeMs };
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
      const names = (await readdir(path)).values();
      const lookOn = async (): Promise<void> => {
        for (const name of names) {
          const file = closed.get(name) ?? (await look(name));
          if (file !== undefined) found.push(file);
        }
      };
      await Promise.all(Array.from({ length: STATS_AT_ONCE }, lookOn));
      found.sort((a, b) => a.atMs - b.atMs);
      const over = found.slice(0, MAX_REMEMBERED).filter(({ atMs }) => atMs < now() - CLOSED_AFTER_MS);
      closed = new Map(over.map((file) => [file.name, file]));
      return found;
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
    async remove(file) {
      const now = await look(file.name);
      closed.delete(file.name);
      if (now?.atMs !== file.atMs) return;
      await unlink(join(path, file.name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    },
  };
}
