// What this replica keeps of recordings, and for how long: a week, and no more than there is room for. What is full refuses what
// is new; nothing that is kept makes room for it, for then who records much could wipe out what he did.
import type { FileHandle } from 'node:fs/promises';
import type { Agent } from '../../ca/agent.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { CastHeader, KeptLine, RecordingAnswer } from '../../wire/recordings.ts';
import { type Folder, openFolder } from './folder.ts';
import { createLedger } from './ledger.ts';
import { shareOf } from './names.ts';

const KEEP_MS = 7 * 86_400_000;
const SWEEP_EVERY_MS = 600_000;
/** What a file takes beside its bytes, in whatever file system, for its name and its last block. */
const FILE_BYTES = 8 * 1024;
/** Open at once in this replica: each holds a file descriptor. */
const MAX_OPEN = 4096;

export type Refused = Extract<RecordingAnswer, { kind: 'refused' }>['why'];

/** Written in order by one connection. */
export interface Part {
  /** Undefined: it is on disk. */
  append(line: Exclude<KeptLine, { kind: 'part' }>): Promise<Refused | undefined>;
  close(): void;
}

export interface Store {
  begin(agent: Agent, header: CastHeader): Promise<Part | Refused>;
  readonly folder: Folder;
  stop(): Promise<void>;
}

export interface StoreOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Rejects where the folder cannot be used. */
export async function openStore({ path, maxBytes, now, log }: StoreOptions): Promise<Store> {
  const folder = await openFolder(path);
  const ledger = createLedger(maxBytes);
  const open = new Set<string>();
  let sweeping: Promise<void> = sweep();
  await sweeping;
  const sweeps = setInterval(() => {
    sweeping = sweep().catch((error: unknown) => log.warn('old recordings were not removed', { error }));
  }, SWEEP_EVERY_MS);

  async function sweep(): Promise<void> {
    const end = ledger.look();
    const kept = [];
    for (const file of await folder.list()) {
      if (file.atMs > now() - KEEP_MS || open.has(file.name)) kept.push(file);
      else await folder.remove(file.name);
    }
    end(kept.map(({ share, bytes }) => ({ share, bytes: bytes + FILE_BYTES })));
  }

  async function write(file: FileHandle, line: KeptLine, share: string): Promise<Refused | undefined> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    if (!ledger.take({ share, bytes: bytes.length })) return 'Full';
    try {
      await file.appendFile(bytes);
      await file.datasync();
      return undefined;
    } catch (error) {
      log.error('a recording could not be written', { error });
      return 'NotWritten';
    }
  }

  return {
    folder,
    async begin(agent, header) {
      const { uid } = agent;
      const { id } = header.chaperone;
      const share = shareOf(agent);
      if (open.size >= MAX_OPEN) return 'TooMany';
      if (!ledger.take({ share, bytes: FILE_BYTES })) return 'Full';
      const created = await folder.create({ share, uid, id }).catch((error: unknown) => {
        log.error('a recording could not be written', { error });
        return undefined;
      });
      if (created === undefined) return 'NotWritten';
      const { name, file } = created;
      open.add(name);
      const close = (): void => {
        if (open.delete(name)) file.close().catch(() => {});
      };
      const why = await write(file, { kind: 'part', agent, header }, share);
      if (why === undefined) return { append: (line) => write(file, line, share), close };
      close();
      return why;
    },
    async stop() {
      clearInterval(sweeps);
      await sweeping;
    },
  };
}
