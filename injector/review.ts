// The webhooks' door: the request of an AdmissionReview in, a decision out, nothing thrown and no side effect, so a dry run
// is decided like any other. What is not known here is denied.
import { type Admission, ALLOWED, mutateCreate, validateCreate, validateUpdate } from './admit.ts';
import type { InjectorConfig } from './config.ts';
import { overfull } from './overfull.ts';
import { type Pod, readPod } from './pod.ts';
import { refuse } from './refusals.ts';

/** The two webhooks of the chart, each at a path of its own. */
export type Webhook = 'mutate' | 'validate';

/** `request` of an AdmissionReview (admission.k8s.io/v1), as far as it is read here. */
export interface PodRequest {
  readonly operation: string;
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  readonly subResource?: string | undefined;
  readonly object?: unknown;
  readonly oldObject?: unknown;
}

type Decide = (request: PodRequest, config: InjectorConfig) => Admission;

/** Everything that is decided here; the keys are webhook, operation and resource. */
const DECISIONS = new Map<string, Decide>([
  ['mutate CREATE pods', (request, config) => created(request, (pod) => mutateCreate(pod, config))],
  ['validate CREATE pods', (request, config) => created(request, (pod) => validateCreate(pod, config))],
  ['validate UPDATE pods', updated],
  ['validate UPDATE pods/ephemeralcontainers', updated],
  ['validate UPDATE pods/resize', updated],
]);

function created({ object }: Pick<PodRequest, 'object'>, decide: (pod: Pod) => Admission): Admission {
  const where = overfull(object);
  if (where !== undefined) return refuse({ code: 'TooMany', where });
  const pod = readPod(object);
  return pod === undefined ? refuse({ code: 'Malformed', where: 'request.object' }) : decide(pod);
}

/** A pod that is too full was so before its namespace was labelled: it holds nothing of ours, and must be able to end. */
function updated({ object, oldObject }: PodRequest): Admission {
  if (overfull(oldObject) !== undefined) return ALLOWED;
  const old = readPod(oldObject);
  if (old === undefined) return refuse({ code: 'Malformed', where: 'request.oldObject' });
  return created({ object }, (pod) => validateUpdate(old, pod));
}

/** Decides what one of the webhooks was asked about a pod. */
export function reviewPod(webhook: Webhook, request: PodRequest, config: InjectorConfig): Admission {
  const { resource, subResource, operation } = request;
  const group = resource.group === '' ? '' : `.${resource.group}`;
  const what = `${resource.resource}${group}${subResource ? `/${subResource}` : ''}`;
  const decide = DECISIONS.get(`${webhook} ${operation} ${what}`);
  return decide === undefined || resource.version !== 'v1'
    ? refuse({ code: 'UnknownOperation', where: `${operation} ${what} ${resource.version}` })
    : decide(request, config);
}
