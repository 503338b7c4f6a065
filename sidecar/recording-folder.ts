// Recordings kept in a folder, each in a file of its own that any asciicast player reads: of `chaperone run`.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recordings } from './recording.ts';
import { type Place, type PlaceParts, recordAt } from './recording-place.ts';

/** The folder is made with the first. A file is `<id>.cast`, readable by this user alone. */
export function recordInFolder(folder: string, parts: PlaceParts): Recordings {
  return recordAt((id) => placeIn(folder, `${id}.cast`), parts);
}

function placeIn(folder: string, name: string): Place {
  let file: FileHandle | undefined;
  const append = (lines: readonly string[]) => file?.appendFile(lines.map((line) => `${line}\n`).join(''));
  return {
    lost: new AbortController().signal,
    async begin(header) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      file = await open(join(folder, name), 'ax', 0o600);
      await append([header]);
    },
    keep: async (lines) => append(lines),
    end: async () => file?.datasync(),
    abandon() {
      file?.close().catch(() => {});
      file = undefined;
    },
  };
}
