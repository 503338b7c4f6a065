// The entitlements of `chaperone run`: from a policy file that is read again whenever it changes. A file that cannot be
// read keeps the last good one, and says so once.
import { readFileSync, statSync } from 'node:fs';
import { parseDuration } from '../../policy/duration.ts';
import { MAX_LEASE_MS } from '../../policy/snapshot.ts';
import { takeSnapshot } from '../../policy/take-snapshot.ts';
import type { HeldEntitlements } from '../../sidecar/held-entitlements.ts';
import { createGrantClocks, elapsedMs, type Moment } from './grant-clocks.ts';
import { LOCAL, type PolicyFile, readPolicyFile } from './policy-file.ts';

export interface FileEntitlements {
  /** Stops looking at the file; what was sent last holds for its lease. */
  stop(): void;
}

export interface FileEntitlementsParts {
  readonly path: string;
  readonly held: HeldEntitlements;
  readonly now: () => Moment;
  /** Told when the file can no longer be used, and when it can again. */
  readonly say: (message: string) => void;
}

/** An edit takes hold within this, and so does the end of a suspension. */
const LOOK_EVERY_MS = 500;

type Good = Extract<PolicyFile, { kind: 'valid' }>;

/** Reads the file and keeps the entitlements current. Answers with the reason where it cannot be used at the start. */
export function followPolicyFile({
  path,
  held,
  now,
  say,
}: FileEntitlementsParts): FileEntitlements | { readonly why: string } {
  const startedAt = now();
  const clocks = createGrantClocks();
  let version = versionOf(path);
  const first = readFile(path);
  if (first.kind === 'invalid') return { why: first.why };
  let good: Good = first;
  let complained = false;

  const send = (): void => {
    const moment = now();
    const standingMs = parseDuration(good.policy.spec.standing?.lifetime ?? '') ?? 0;
    const snapshot = takeSnapshot({
      pod: { namespace: LOCAL.namespace, ...LOCAL.pod },
      serviceAccount: LOCAL.serviceAccount,
      policies: [good.policy],
      grants: clocks.live(good.grants, moment),
      standingRemainingMs: standingMs - elapsedMs(startedAt, moment),
      leaseMs: MAX_LEASE_MS,
      systemNamespace: LOCAL.systemNamespace,
      nowEpochMs: moment.wallMs,
    });
    held.take(snapshot, moment.monotonicMs);
  };

  const look = (): void => {
    const current = versionOf(path);
    if (current !== version) {
      version = current;
      const read = readFile(path);
      if (read.kind === 'valid') good = read;
      if (read.kind === 'invalid') say(`${path}: ${read.why}; the last good policy stays in force`);
      else if (complained) say(`${path}: read again; its policy is in force`);
      complained = read.kind === 'invalid';
    }
    send();
  };

  send();
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** A policy is a page; a file of this size is something else. */
const MAX_FILE_BYTES = 1024 * 1024;

function readFile(path: string): PolicyFile {
  try {
    if (statSync(path).size > MAX_FILE_BYTES)
      return { kind: 'invalid', why: `it is larger than ${MAX_FILE_BYTES} bytes` };
    return readPolicyFile(readFileSync(path, 'utf8'));
  } catch (error) {
    return {
      kind: 'invalid',
      why: `it cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`,
    };
  }
}

/** What changes when the file does; an editor may replace it or write into it. */
function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'absent' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}
