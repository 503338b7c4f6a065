// The recordings that this replica keeps and gives back, composed.
import type { Logger } from '../../telemetry/logger.ts';
import type { ControllerConfig } from '../environment.ts';
import { openFolder } from './folder.ts';
import { startReading } from './reading.ts';
import { openStore, type Store } from './store.ts';

export interface Recordings {
  readonly store: Store;
  stop(): Promise<void>;
}

/** Rejects where the folder or the port cannot be had: who has configured it is told by a replica that does not become ready. */
export async function startRecordings(
  { folder, maxBytes, port }: ControllerConfig['recordings'],
  log: Logger,
): Promise<Recordings> {
  const parts = await openFolder(folder, Date.now);
  const store = await openStore({ folder: parts, maxBytes, now: Date.now, log });
  const reading = await startReading(store.folder, port, log);
  return {
    store,
    async stop() {
      await Promise.all([reading.stop(), store.stop()]);
    },
  };
}
