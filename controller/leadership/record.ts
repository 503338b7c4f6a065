// Who leads, as one coordination.k8s.io/v1 Lease says it: read and written as client-go's leaderelection does, so that
// `kubectl get lease` tells a person. Pure: how long a record has stood is measured here, never read from another's clock.
// Source: client-go/tools/leaderelection/leaderelection.go (tryAcquireOrRenew, release).

/** LeaseSpec; `undefined` as in an object that a person made empty. */
export interface LeadershipRecord {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** A record as this replica saw it, and since when it has seen it unchanged; monotonic ms. */
export interface Observed {
  readonly resourceVersion: string;
  readonly sinceMs: number;
}

/** client-go's defaults. Who leads is believed for this long after its last sign of life. */
export const DURATION_MS = 15_000;
/**
 * Who leads believes it of itself for this long after it last asked: a call that begins then ends (5 s, kube/api.ts)
 * before another can lead.
 */
export const RENEW_DEADLINE_MS = 10_000;

/** What is seen now; a record that has not moved keeps its time. */
export function observe(before: Observed | undefined, resourceVersion: string, nowMs: number): Observed {
  return before?.resourceVersion === resourceVersion ? before : { resourceVersion, sinceMs: nowMs };
}

/** Whether `me` may write itself in: it stands there already, nobody does, or who does has been silent for too long. */
export function mayLead(record: LeadershipRecord, seen: Observed, me: string, nowMs: number): boolean {
  const { holderIdentity = '', leaseDurationSeconds = DURATION_MS / 1000 } = record;
  if (holderIdentity === me || holderIdentity === '') return true;
  return nowMs - seen.sinceMs > leaseDurationSeconds * 1000;
}

/** The record with `me` leading. */
export function led(before: LeadershipRecord, me: string, nowEpochMs: number): Required<LeadershipRecord> {
  const renewTime = printMicroTime(nowEpochMs);
  const { holderIdentity, acquireTime = renewTime, leaseTransitions = 0 } = before;
  const goesOn = holderIdentity === me;
  return {
    holderIdentity: me,
    leaseDurationSeconds: DURATION_MS / 1000,
    acquireTime: goesOn ? acquireTime : renewTime,
    renewTime,
    leaseTransitions: goesOn ? leaseTransitions : leaseTransitions + 1,
  };
}

/** The record with nobody leading: the next replica that looks need not wait. */
export function givenUp(before: LeadershipRecord, nowEpochMs: number): LeadershipRecord {
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, renewTime: printMicroTime(nowEpochMs) };
}

/** metav1.MicroTime: six digits of a second. */
const printMicroTime = (epochMs: number): string => new Date(epochMs).toISOString().replace('Z', '000Z');
