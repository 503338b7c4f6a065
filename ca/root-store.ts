// Keeps the roots of one kind in a Secret: makes them where none are, takes the rotation steps that are due, and on a race
// believes what the API server kept. Every replica may call it at any time; the resourceVersion lets one of them win.
import type { RootKind } from './profiles.ts';
import { due, firstRootSet, type RootSet, take } from './root-set.ts';
import { makeRoot, type Root, readRoot } from './roots.ts';

/** Lost races before giving up; each one means that another replica has just moved the same Secret on. */
const MAX_ATTEMPTS = 5;

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
}

/**
 * The roots of a kind as the API server keeps them. Throws where the Secret holds anything else: it is never overwritten,
 * since the certificates that it signed would be lost with it.
 */
export async function keepRoots(kind: RootKind, store: SecretStore, nowMs: number): Promise<RootSet> {
  const name = ROOT_SECRETS[kind];
  const make = () => makeRoot(kind, nowMs);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const stored = await store.get(name);
    const kept = stored && readRootSet(kind, name, stored.data);
    const wanted = kept ? await advance(kept, nowMs, make) : firstRootSet(await make());
    if (wanted === kept) return wanted;
    const data = printRootSet(wanted);
    const answer = stored
      ? await store.update(name, data, stored.resourceVersion)
      : await store.create(name, data);
    if (answer === 'stored') return wanted;
  }
  throw new Error(`Secret ${name}: lost ${MAX_ATTEMPTS} races for it; another replica keeps writing it`);
}

async function advance(set: RootSet, nowMs: number, make: () => Promise<Root>): Promise<RootSet> {
  const step = due(set, nowMs);
  return step === undefined ? set : advance(await take(step, set, make), nowMs, make);
}

/** `signing` names a root; each root is `<id>.crt` and `<id>.key`. */
function printRootSet(set: RootSet): Record<string, string> {
  const roots = set.published.flatMap((root) => [
    [`${root.id}.crt`, root.certPem],
    [`${root.id}.key`, root.key.export({ type: 'pkcs8', format: 'pem' }) as string],
  ]);
  return { signing: set.signing.id, ...Object.fromEntries(roots) };
}

function readRootSet(kind: RootKind, name: string, data: StoredSecret['data']): RootSet {
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
    throw new Error(
      `Secret ${name} holds no ${kind} roots that can be used: ${why}. Restore it; or delete it to have ` +
        'new ones made, and restart the controller and the pods of all agents, which trust the old ones',
    );
  }
}
