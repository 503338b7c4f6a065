// Which control roots a new pod is given, and which it may be found with. Replicas read the roots some seconds apart, and a pod
// that one of them has rendered is checked by another: nothing must hang on which of them came first.
import type { RootSet } from '../../ca/root-set.ts';
import type { Root } from '../../ca/roots.ts';
import { SIDECAR } from '../../injector/names.ts';
import { readPod } from '../../injector/pod.ts';

/** Every replica has read a new root within a third of it (keeping.ts); it signs days later. */
const SETTLED_MS = 15_000;
const VARIABLE = 'CHAPERONE_CONTROL_CA';

/** For a pod that is created now: those that every replica knows, and will know while it is being created. PEM. */
export function injectedRoots({ published, signing }: RootSet, nowMs: number): string {
  const isSettled = ({ bornMs, endsMs }: Root) =>
    nowMs - bornMs >= SETTLED_MS && endsMs - nowMs >= SETTLED_MS;
  return published.flatMap((root) => (root === signing || isSettled(root) ? root.certPem : [])).join('');
}

/**
 * What the pod of an AdmissionReview must carry: the roots that it shows where all of them are published, be they fewer than it
 * would be given now. Else those that it is to be given.
 */
export function rootsToFind(review: unknown, control: RootSet, nowMs: number): string {
  const shown = shownRoots(review);
  const isKnown = control.published.reduce((rest, { certPem }) => rest.replace(certPem, ''), shown) === '';
  return shown !== '' && isKnown ? shown : injectedRoots(control, nowMs);
}

function shownRoots(review: unknown): string {
  const { request } = (review ?? {}) as { request?: { object?: unknown } | null };
  const sidecar = readPod(request?.object)?.spec.initContainers?.find(({ name }) => name === SIDECAR);
  return sidecar?.env?.find(({ name }) => name === VARIABLE)?.value ?? '';
}
