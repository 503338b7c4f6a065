// The entitlements of `chaperone run`: from a policy file that is looked at again and again. A file that cannot be used
// keeps the last good one, and says so once.
import { readFileSync, statSync } from 'node:fs';
import { parseDuration } from '../../policy/duration.ts';
import { MAX_LEASE_MS } from '../../policy/snapshot.ts';
import { takeSnapshot } from '../../policy/take-snapshot.ts';
import type { HeldEntitlements } from '../../sidecar/held-entitlements.ts';
import type { Clock } from '../../sidecar/monotonic.ts';
import { UsageError } from '../usage-error.ts';
import { createGrantClocks, elapsedMs, momentOf } from './grant-clocks.ts';
import { LOCAL, NO_RULES, type PolicyFile, readPolicyFile } from './policy-file.ts';

export interface FollowedFile {
  /** Stops looking; what was sent last holds for its lease. */
  stop(): void;
}

export interface FollowParts {
  /** Undefined: none, and then no rule. */
  readonly path: string | undefined;
  readonly held: HeldEntitlements;
  readonly clock: Clock;
  /** Told when the file can no longer be used, and when it can again. */
  readonly say: (message: string) => void;
}

/** An edit takes hold at the second look, and so does the end of a suspension at the first. */
const LOOK_EVERY_MS = 250;
/** A policy is a page; a file of this size is something else. */
const MAX_FILE_BYTES = 1024 * 1024;

type Good = Extract<PolicyFile, { kind: 'valid' }>;

/** Reads the file and keeps the entitlements current. Throws UsageError where it cannot be used at the start. */
export function followPolicyFile({ path, held, clock, say }: FollowParts): FollowedFile {
  const startedAt = momentOf(clock);
  const clocks = createGrantClocks();
  let seen = look(path);
  const first = judge(seen);
  if (first.kind === 'invalid') throw new UsageError(`--policy ${path}: ${first.why}`);
  let good: Good = first;
  let broken = false;
  let unsettled: Look | undefined;

  const send = (): void => {
    const now = momentOf(clock);
    const standingMs = parseDuration(good.policy.spec.standing?.lifetime ?? '') ?? 0;
    const snapshot = takeSnapshot({
      pod: { namespace: LOCAL.namespace, ...LOCAL.pod },
      serviceAccount: LOCAL.serviceAccount,
      policies: [good.policy],
      grants: clocks.read(good.grants, now),
      standingRemainingMs: standingMs - elapsedMs(startedAt, now),
      leaseMs: MAX_LEASE_MS,
      systemNamespace: LOCAL.systemNamespace,
      // By the sidecar of the run itself.
      guarded: true,
      nowEpochMs: now.wallMs,
    });
    held.take(snapshot, now.monotonicMs);
  };

  const take = (): void => {
    const read = judge(seen);
    if (read.kind === 'valid') good = read;
    if (read.kind === 'invalid') say(`${path}: ${read.why}; the last good policy stays in force`);
    else if (broken) say(`${path} is good again, and in force`);
    broken = read.kind === 'invalid';
  };

  const lookAgain = (): void => {
    const now = look(path);
    // Half a file may be a valid one with fewer Grants, which would end for good: an edit counts once it stands still.
    if (now === seen) unsettled = undefined;
    else if (now !== unsettled) unsettled = now;
    else {
      seen = now;
      take();
    }
    send();
  };

  send();
  const timer = setInterval(lookAgain, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** The file's text; or, after a NUL that no text has, why there is none. Two looks are equal when nothing changed. */
type Look = string;

function look(path: string | undefined): Look {
  if (path === undefined) return NO_RULES;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return '\0it is not a regular file';
    if (stat.size > MAX_FILE_BYTES) return `\0it is larger than ${MAX_FILE_BYTES} bytes`;
    return readFileSync(path, 'utf8');
  } catch (error) {
    return `\0it cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`;
  }
}

function judge(seen: Look): PolicyFile {
  return seen.startsWith('\0') ? { kind: 'invalid', why: seen.slice(1) } : readPolicyFile(seen);
}
