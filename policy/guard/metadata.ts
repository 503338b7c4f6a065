// What an object says of itself and controllers act on, past the pods that it carries: an older template put in place of the
// judged one, or a maker that did not make it. Found wherever it is new, whatever becomes of the pods.
import { type Finding, finding } from './finding.ts';
import { below, type Fields, fieldsOf, isSame, listBelow } from './json.ts';

/** Has that revision's template written over the Deployment's, by the cluster's own controller (deployment/rollback.go). */
const ROLLBACK = 'deprecated.deployment.rollback.to';

/** What an agent's pod is counted for is read in its controller reference, and in its ReplicaSet's (sidecars/workload.ts). */
const MADE_BY_CONTROLLERS: ReadonlySet<string> = new Set(['/pods', 'apps/replicasets']);

/** `kind`: `apps/deployments`. `before`: the object as it was; undefined where it is new, or not known. */
export function metadataIn(kind: string, object: unknown, before: unknown): Finding[] {
  const [now, then] = [below(object, 'metadata'), below(before, 'metadata')];
  if (kind === 'apps/deployments') return rollbackIn(now, then);
  return MADE_BY_CONTROLLERS.has(kind) ? makerIn(now, then) : [];
}

function rollbackIn(now: Fields, then: Fields): Finding[] {
  const [asked, stood] = [now, then].map((metadata) => below(metadata, 'annotations')[ROLLBACK]);
  return asked === undefined || asked === stood
    ? []
    : [finding('PodRollback', `metadata.annotations[${ROLLBACK}]`)];
}

function makerIn(now: Fields, then: Fields): Finding[] {
  const stood = listBelow(then, 'ownerReferences');
  return listBelow(now, 'ownerReferences').flatMap((each, at) =>
    fieldsOf(each).controller !== true || stood.some((other) => isSame(each, other))
      ? []
      : [finding('PodOwner', `metadata.ownerReferences[${at}]`)],
  );
}
