// The roots of one kind in a Secret: read by every replica, made and moved on by whoever is told to. On a race the API server's
// word holds: the resourceVersion lets one writer win. No step rests on one clock alone.
import type { RootKind } from './profiles.ts';
import { due, firstRootSet, type RootSet, type Step, take } from './root-set.ts';
import { makeRoot, type Root, readRoot } from './roots.ts';

/** Lost races before giving up; each one means that another replica has just moved the same Secret on. */
const MAX_LOST_RACES = 5;
/** How far our clock may be from the API server's: a step taken by a wrong one would end what others still live by. */
export const MAX_CLOCK_PARTING_MS = 60_000;

export const ROOT_SECRETS = {
  control: 'chaperone-control-root',
  loopback: 'chaperone-loopback-root',
} as const satisfies Record<RootKind, string>;

/** A Secret's `data`, decoded, and the version that an update must name. */
export interface StoredSecret {
  data: Readonly<Record<string, string>>;
  resourceVersion: string;
}

/** The little that is asked of the API server, in chaperone's own namespace. Other failures are thrown. */
export interface SecretStore {
  /** `undefined`: 404. */
  get(name: string): Promise<StoredSecret | undefined>;
  /** `conflict`: 409, it is there already. */
  create(name: string, data: Record<string, string>): Promise<'stored' | 'conflict'>;
  /** `conflict`: 409, it has moved on from this resourceVersion. */
  update(name: string, data: Record<string, string>, resourceVersion: string): Promise<'stored' | 'conflict'>;
  /** What time it is there: Unix milliseconds, to the second. */
  timeMs(): Promise<number>;
}

/** A step that has just been kept; `make`: there were no roots. */
export interface Kept {
  readonly step: 'make' | Step['kind'];
  readonly roots: RootSet;
}

/** The roots cannot be used or moved on. The message says what a person should do, and is safe to log. */
export class RootsError extends Error {
  override readonly name = 'RootsError';
  readonly code: string;
  constructor(secret: string, why: string) {
    super(`Secret ${secret} ${why}`);
    this.code = this.message;
  }
}

/** The roots of a kind as the API server keeps them; `undefined`: none. Throws a RootsError where the Secret holds anything else. */
export async function readRoots(kind: RootKind, store: SecretStore): Promise<RootSet | undefined> {
  const stored = await store.get(ROOT_SECRETS[kind]);
  return stored && readRootSet(kind, stored.data);
}

/**
 * The same, made where there are none and moved on as is due at `nowMs` (wall clock). A Secret that holds anything else is
 * never overwritten, since the certificates that it signed would be lost with it; nor is one while the clocks disagree.
 */
export async function keepRoots(
  kind: RootKind,
  store: SecretStore,
  nowMs: number,
  onStep: (kept: Kept) => void = () => {},
): Promise<RootSet> {
  const name = ROOT_SECRETS[kind];
  let made: Promise<Root> | undefined;
  // One at most: a root that lost its race was never trusted, and serves for the next attempt.
  const make = () => {
    made ??= makeRoot(kind, nowMs);
    return made;
  };
  for (let lost = 0; lost < MAX_LOST_RACES; ) {
    const stored = await store.get(name);
    const kept = stored && readRootSet(kind, stored.data);
    const step = kept && due(kept, nowMs);
    if (kept && step === undefined) return kept;
    await agreeOnTime(name, store, nowMs);
    const roots = kept && step ? await take(step, kept, make) : firstRootSet(await make());
    const data = printRootSet(roots);
    const answer = stored
      ? await store.update(name, data, stored.resourceVersion)
      : await store.create(name, data);
    if (answer === 'stored') onStep({ step: step?.kind ?? 'make', roots });
    else lost += 1;
  }
  throw new RootsError(
    name,
    `was moved on by another replica ${MAX_LOST_RACES} times while this one tried to`,
  );
}

async function agreeOnTime(name: string, store: SecretStore, nowMs: number): Promise<void> {
  const aheadMs = nowMs - (await store.timeMs());
  if (Math.abs(aheadMs) <= MAX_CLOCK_PARTING_MS) return;
  const by = `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
  throw new RootsError(
    name,
    `is left as it is: this replica's clock is ${by} the API server's. Set the clocks of both nodes`,
  );
}

/** `signing` names a root; each root is `<id>.crt` and `<id>.key`. */
function printRootSet(set: RootSet): Record<string, string> {
  const roots = set.published.flatMap((root) => [
    [`${root.id}.crt`, root.certPem],
    [`${root.id}.key`, root.key.export({ type: 'pkcs8', format: 'pem' }) as string],
  ]);
  return { signing: set.signing.id, ...Object.fromEntries(roots) };
}

function readRootSet(kind: RootKind, data: StoredSecret['data']): RootSet {
  try {
    const ids = Object.keys(data).flatMap((key) =>
      key.endsWith('.crt') ? [key.slice(0, -'.crt'.length)] : [],
    );
    const published = ids
      .map((id) => readRoot(kind, data[`${id}.crt`] ?? '', data[`${id}.key`] ?? ''))
      .sort((one, other) => one.bornMs - other.bornMs);
    const signing = published.find((root) => root.id === data.signing);
    if (signing === undefined) throw new Error('`signing` names none of its roots');
    return { kind, signing, published };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RootsError(
      ROOT_SECRETS[kind],
      `holds no ${kind} roots that can be used: ${why}. Restore it, or delete it to have new ones made; ` +
        'what that costs is in docs/rotation.md',
    );
  }
}
