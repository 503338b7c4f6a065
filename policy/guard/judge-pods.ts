// What is wrong with the pods of an object that an agent writes: pure, on the final object. What it would leave as it was is
// not judged; what it changes is judged whole, for a changed image under a mounted Secret would read it.
import { annotationBaseline, containerBaseline, podBaseline } from './baseline.ts';
import { credentialsIn } from './credentials.ts';
import { type Finding, finding } from './finding.ts';
import { below, type Fields, isFields, isSame, listBelow } from './json.ts';
import { metadataIn } from './metadata.ts';
import type { Permitted } from './permitted.ts';
import { placementIn } from './placement.ts';
import { serviceAccountIn } from './service-account.ts';
import { environmentIn, sourcesIn } from './sources.ts';
import { workloadOf } from './workload-kinds.ts';

/** `kubectl rollout restart` writes it: the pods are made anew, as they were. */
const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'];

/**
 * The tokens of a sidecar, which a pod has by now where it is injected: as injector/volumes.ts writes them. That only the
 * sidecar mounts them is checked there; elsewhere they are no more than running as the ServiceAccount gives.
 */
const SIDECAR_TOKENS = [
  ['chaperone-credential', {}],
  ['chaperone-attestation', { audience: 'chaperone' }],
].map(([name, audience]) => ({
  name,
  projected: {
    defaultMode: 0o644,
    sources: [{ serviceAccountToken: { ...(audience as object), expirationSeconds: 3600, path: 'token' } }],
  },
}));

export interface WrittenObject {
  readonly apiGroup: string;
  /** With its subresource. */
  readonly resource: string;
  readonly object: unknown;
  /** As it was; undefined where it is new, or not known. */
  readonly oldObject: unknown;
}

/** Everything that the pods of `object` would have and may not; empty: they may be. */
export function judgePods(written: WrittenObject, permitted: Permitted): Finding[] {
  const { apiGroup, resource, object, oldObject } = written;
  const workload = workloadOf(apiGroup, resource);
  const path = workload?.path ?? [];
  const template = within(object, path);
  const at = [...path, 'spec'].join('.');
  if (workload === undefined || template === undefined) return [finding('PodUnread', at)];
  const isPod = path.length === 0;
  const before = within(oldObject, path);
  const said = metadataIn(`${apiGroup}/${resource}`, object, oldObject);
  if (before !== undefined && isUnchanged(template, before, isPod)) return said;
  if (!isFields(template.spec)) return [finding('PodUnread', at)];
  const spec = isPod ? withoutSidecarTokens(template.spec) : template.spec;
  const isPlaced = isPod && before !== undefined;
  return [
    ...said,
    ...serviceAccountIn(spec, at, permitted),
    ...credentialsIn(spec, at, permitted),
    ...sourcesIn(spec, at, permitted),
    ...(isPlaced ? [] : placementIn(spec, at)),
    ...podBaseline(spec, at, permitted),
    ...annotationBaseline(below(template, 'metadata'), [...path, 'metadata'].join('.')),
    ...CONTAINERS.flatMap((list) =>
      listBelow(spec, list).flatMap((each, index) => {
        const container = `${at}.${list}[${index}]`;
        if (!isFields(each)) return [finding('PodUnread', container)];
        return [...environmentIn(each, container), ...containerBaseline(each, container, permitted)];
      }),
    ),
  ];
}

function within(object: unknown, path: readonly string[]): Fields | undefined {
  let value = object;
  for (const field of path) value = isFields(value) && Object.hasOwn(value, field) ? value[field] : undefined;
  return isFields(value) ? value : undefined;
}

/** Of a pod that runs only its spec says what it has; a template's annotations are told to whatever makes its pods. */
function isUnchanged(template: Fields, before: Fields, isPod: boolean): boolean {
  if (!isSame(template.spec, before.spec)) return false;
  return isPod || isSame(withoutRestart(template), withoutRestart(before));
}

function withoutRestart({ metadata }: Fields): Fields {
  const { [RESTARTED]: _, ...annotations } = below(metadata, 'annotations');
  return { ...(isFields(metadata) && metadata), annotations };
}

/** Each volume keeps its place, so that fields are named as they stand. */
function withoutSidecarTokens(spec: Fields): Fields {
  const isOne = (volume: unknown) => SIDECAR_TOKENS.some((token) => isSame(volume, token));
  return { ...spec, volumes: listBelow(spec, 'volumes').map((each) => (isOne(each) ? {} : each)) };
}
