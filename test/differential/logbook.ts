// The audit events of one run: read as the log grows, kept until they are taken.
import { join } from 'node:path';
import { type AuditEvent, followAudit } from '../cluster/audit.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/wait.ts';

export interface Logbook {
  /** Waits until each of these has an event, takes what there is of all others too, and keeps nothing. */
  take(expected: readonly string[]): Promise<ReadonlyMap<string, readonly AuditEvent[]>>;
}

/** As long as a machine under a full suite may take. */
const LOGGED_MS = 20_000;

/** Of the calls whose Audit-ID begins with `run`. */
export function openLogbook(cluster: Cluster, run: string): Logbook {
  const follow = followAudit(join(cluster.folder, 'audit.log'));
  return {
    async take(expected) {
      const events = new Map<string, AuditEvent[]>();
      const missing = () => expected.filter((id) => !events.has(id));
      await waitFor({
        what: 'every call to be in the audit log',
        timeoutMs: LOGGED_MS,
        probe: async () => {
          for (const event of await follow()) {
            if (!event.auditID.startsWith(run)) continue;
            const before = events.get(event.auditID);
            if (before === undefined) events.set(event.auditID, [event]);
            else before.push(event);
          }
          return missing().length === 0 || undefined;
        },
        evidence: () => missing().join('\n'),
      });
      return events;
    },
  };
}
