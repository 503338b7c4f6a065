// Replaces a file so that a reader sees the old one or the new one, never a part.
import { rename, writeFile } from 'node:fs/promises';

export async function writeWhole(path: string, content: string | Buffer, mode: number): Promise<void> {
  const fresh = `${path}.new`;
  await writeFile(fresh, content, { mode });
  await rename(fresh, path);
}
