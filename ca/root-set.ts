// The roots of one kind through a rotation: what is published, which of them signs, and what is due at a moment.
// Pure. A new root is trusted everywhere before it signs, and stays trusted until it ends, so that no connection drops.
import { publicationMs, ROOTS, type RootKind } from './profiles.ts';
import type { Root } from './roots.ts';

export interface RootSet {
  kind: RootKind;
  /** Signs what is new. */
  signing: Root;
  /** Every root to be trusted, oldest first; the signing one among them. */
  published: readonly Root[];
}

export type Step = { kind: 'publish' } | { kind: 'sign'; root: Root } | { kind: 'retire'; root: Root };

export function firstRootSet(root: Root): RootSet {
  return { kind: root.kind, signing: root, published: [root] };
}

/** The certificates to trust, as PEM. */
export function bundle(set: RootSet): string {
  return set.published.map((root) => root.certPem).join('');
}

/** The next step of a rotation at this moment (wall clock), or none. Taken one by one until none is left. */
export function due(set: RootSet, nowMs: number): Step | undefined {
  const { kind, signing, published } = set;
  const successor = published.findLast((root) => root.bornMs > signing.bornMs);
  if (successor === undefined && nowMs >= signing.bornMs + ROOTS[kind].succeedAfterMs)
    return { kind: 'publish' };
  // A signing root that has ended waits for nobody: its certificates are worth nothing to anyone.
  if (successor && (nowMs >= successor.bornMs + publicationMs(kind) || nowMs >= signing.endsMs)) {
    return { kind: 'sign', root: successor };
  }
  const ended = published.find((root) => root.id !== signing.id && nowMs >= root.endsMs);
  return ended && { kind: 'retire', root: ended };
}

/** The set after a step. `makeRoot` is called for `publish` only. */
export async function take(step: Step, set: RootSet, makeRoot: () => Promise<Root>): Promise<RootSet> {
  switch (step.kind) {
    case 'publish':
      return { ...set, published: [...set.published, await makeRoot()] };
    case 'sign':
      return { ...set, signing: step.root };
    case 'retire':
      return { ...set, published: set.published.filter((root) => root.id !== step.root.id) };
  }
}
