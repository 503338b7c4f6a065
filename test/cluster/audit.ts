// The API server's audit log, the judge of what really arrived: read as it grows, an event a line.
import { open } from 'node:fs/promises';
import { waitFor } from './wait.ts';

const CHUNK_BYTES = 1 << 20;

/** The part of audit.k8s.io/v1 Event that the level Metadata fills. */
export interface AuditEvent {
  readonly auditID: string;
  /** A call has one ResponseComplete (or Panic), and before it, if it lasts (a watch), one ResponseStarted. */
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly requestURI: string;
  readonly verb: string;
  readonly user: {
    readonly username: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly impersonatedUser?: { readonly username: string; readonly groups?: readonly string[] };
  readonly sourceIPs?: readonly string[];
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
    readonly apiVersion?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly reason?: string; readonly message?: string };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Audit {
  /** Every event so far, of all stages, in the order of the log. */
  events(): Promise<readonly AuditEvent[]>;
  /** The calls that are over: one event each. */
  calls(): Promise<readonly AuditEvent[]>;
  /** The first event, of any stage, that matches; waits for it. `what` completes "waited … for". */
  until(match: (event: AuditEvent) => boolean, what: string, timeoutMs?: number): Promise<AuditEvent>;
}

export function readAudit(path: string): Audit {
  const events: AuditEvent[] = [];
  const follow = followAudit(path);
  let reading: Promise<void> = Promise.resolve();
  const all = async () => {
    reading = reading.then(async () => {
      for (const event of await follow()) events.push(event);
    });
    await reading;
    return events;
  };
  const calls = async () => (await all()).filter(({ stage }) => stage !== 'ResponseStarted');
  const until = async (match: (event: AuditEvent) => boolean, what: string, timeoutMs = 10_000) => {
    let seen = 0;
    const probe = async () => {
      const fresh = (await all()).slice(seen);
      seen += fresh.length;
      return fresh.find(match);
    };
    return waitFor({ what: `the API server's audit log to show ${what}`, timeoutMs, probe });
  };
  return { events: all, calls, until };
}

/** The events since the last look, which nothing here keeps; one look at a time. The first begins at the log's begin. */
export function followAudit(path: string): () => Promise<AuditEvent[]> {
  let offset = 0;
  let rest = Buffer.alloc(0);
  return async () => {
    const events: AuditEvent[] = [];
    const file = await open(path);
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, offset);
        if (bytesRead === 0) return events;
        offset += bytesRead;
        const text = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        const end = text.lastIndexOf('\n') + 1;
        rest = text.subarray(end);
        for (const line of text.subarray(0, end).toString().split('\n')) {
          if (line !== '') events.push(JSON.parse(line) as AuditEvent);
        }
      }
    } finally {
      await file.close();
    }
  };
}
