// What this replica keeps of recordings, and for how long: a week, and no more than there is room for. What is full refuses what
// is new; nothing that is kept makes room for it, for then who records much could wipe out what he did.
import type { FileHandle } from 'node:fs/promises';
import type { Agent } from '../../ca/agent.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { CastHeader, KeptLine, RecordingAnswer } from '../../wire/recordings.ts';
import type { Folder } from './folder.ts';
import { createLedger, type Taken } from './ledger.ts';
import { type PartName, shareOf } from './names.ts';
import { createOpenParts } from './open-parts.ts';

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
  readonly folder: Folder;
  readonly maxBytes: number;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Rejects where the folder cannot be listed. */
export async function openStore({ folder, maxBytes, now, log }: StoreOptions): Promise<Store> {
  const ledger = createLedger(maxBytes);
  const open = createOpenParts(MAX_OPEN);
  let sweeping: Promise<void> | undefined;
  await sweep();
  const sweeps = setInterval(look, SWEEP_EVERY_MS);

  async function sweep(): Promise<void> {
    await open.touch(now());
    const end = ledger.look();
    const kept = [];
    for (const file of await folder.list()) {
      if (file.atMs > now() - KEEP_MS) kept.push(file);
      else await folder.remove(file);
    }
    end(kept.map(({ share, bytes }) => ({ share, bytes: bytes + FILE_BYTES })));
  }

  /** One at a time; resolves when it has ended, whatever came of it. */
  function look(): Promise<void> {
    sweeping ??= sweep()
      .catch((error: unknown) => log.warn('old recordings were not removed', { error }))
      .finally(() => {
        sweeping = undefined;
      });
    return sweeping;
  }

  async function take(taken: Taken): Promise<boolean> {
    const wanted = ledger.wants(taken.share);
    const looking = wanted === 'nothing' ? undefined : look();
    if (wanted === 'lookFirst') await looking;
    return ledger.take(taken);
  }

  async function write(file: FileHandle, line: KeptLine, share: string): Promise<Refused | undefined> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    if (!(await take({ share, bytes: bytes.length }))) return 'Full';
    try {
      await file.appendFile(bytes);
      await file.datasync();
      return undefined;
    } catch (error) {
      log.error('a recording could not be written', { error });
      return 'NotWritten';
    }
  }

  async function begin(part: PartName, line: KeptLine): Promise<Part | Refused> {
    const { share } = part;
    if (!(await take({ share, bytes: FILE_BYTES }))) return 'Full';
    const created = await folder.create(part).catch((error: unknown) => {
      log.error('a recording could not be written', { error });
      return undefined;
    });
    if (created === undefined) return 'NotWritten';
    const { file } = created;
    const why = await write(file, line, share);
    if (why !== undefined) {
      file.close().catch(() => {});
      return why;
    }
    open.files.add(file);
    return {
      append: (next) => write(file, next, share),
      close() {
        if (!open.files.delete(file)) return;
        open.leave(share);
        file.close().catch(() => {});
      },
    };
  }

  return {
    folder,
    async begin(agent, header) {
      const { uid } = agent;
      const { id } = header.chaperone;
      const share = shareOf(agent);
      if (!open.enter(share)) return 'TooMany';
      const begun = await begin({ share, uid, id }, { kind: 'part', agent, header });
      if (typeof begun === 'string') open.leave(share);
      return begun;
    },
    async stop() {
      clearInterval(sweeps);
      await sweeping;
    },
  };
}
