// Tar archives that are the same bytes for the same contents: sorted, without times, with numeric owners (ustar,
// POSIX.1-1988). Parent directories are added; a name that ustar cannot hold is an error, never cut.
const BLOCK = 512;
/** The longest name that fits without a prefix, and the longest prefix. */
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

interface Owned {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export type TarEntry =
  | (Owned & { readonly kind: 'file'; readonly path: string; readonly data: Buffer })
  | (Owned & { readonly kind: 'directory'; readonly path: string })
  | (Owned & { readonly kind: 'symlink'; readonly path: string; readonly target: string });

const TYPE_FLAGS = { file: '0', symlink: '2', directory: '5' } as const;
const DEFAULT_MODES = { file: 0o644, symlink: 0o777, directory: 0o755 } as const;

/** The archive as pieces in order (file contents are not copied), closed by the two empty blocks. */
export function tar(entries: readonly TarEntry[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (const entry of withParents(entries)) {
    pieces.push(header(entry));
    if (entry.kind === 'file') pieces.push(entry.data, Buffer.alloc(-entry.data.length & (BLOCK - 1)));
  }
  pieces.push(Buffer.alloc(2 * BLOCK));
  return pieces;
}

function withParents(entries: readonly TarEntry[]): TarEntry[] {
  const byPath = new Map<string, TarEntry>();
  for (const entry of entries) {
    const path = entry.path.replace(/^\/+|\/+$/g, '');
    for (let cut = path.indexOf('/'); cut !== -1; cut = path.indexOf('/', cut + 1)) {
      const parent = path.slice(0, cut);
      if (!byPath.has(parent)) byPath.set(parent, { kind: 'directory', path: parent });
    }
    byPath.set(path, { ...entry, path });
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { prefix, name } = split(entry.kind === 'directory' ? `${entry.path}/` : entry.path);
  const put = (text: string, at: number) => block.write(text, at, 'utf8');
  const octal = (value: number, at: number, digits: number) =>
    put(value.toString(8).padStart(digits, '0'), at);
  put(name, 0);
  octal(entry.mode ?? DEFAULT_MODES[entry.kind], 100, 7);
  octal(entry.uid ?? 0, 108, 7);
  octal(entry.gid ?? 0, 116, 7);
  octal(entry.kind === 'file' ? entry.data.length : 0, 124, 11);
  octal(0, 136, 11);
  put(TYPE_FLAGS[entry.kind], 156);
  if (entry.kind === 'symlink') put(bounded(entry.target, NAME_BYTES), 157);
  put('ustar\0' + '00', 257);
  put(prefix, 345);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0`, 148);
  return block;
}

function split(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= NAME_BYTES) return { prefix: '', name: path };
  for (let cut = path.indexOf('/'); cut > 0 && cut < path.length - 1; cut = path.indexOf('/', cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (Buffer.byteLength(name) <= NAME_BYTES) return { prefix: bounded(prefix, PREFIX_BYTES), name };
  }
  return { prefix: '', name: bounded(path, NAME_BYTES) };
}

function bounded(text: string, bytes: number): string {
  if (Buffer.byteLength(text) > bytes) throw new Error(`too long for a tar header: ${text}`);
  return text;
}
