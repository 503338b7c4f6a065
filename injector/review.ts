// The webhooks' door: an AdmissionReview in, an AdmissionReview out, nothing thrown and no side effect, so a dry run
// is answered like any other. What is not known here is denied.
import * as z from 'zod';
import { type Admission, mutateCreate, validateCreate, validateUpdate } from './admit.ts';
import type { InjectorConfig } from './config.ts';
import { overfull, type Pod, readPod } from './pod.ts';
import { explain, refuse } from './refusals.ts';

const admissionReview = z.looseObject({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.looseObject({
    uid: z.string(),
    resource: z.looseObject({ group: z.string(), version: z.string(), resource: z.string() }),
    subResource: z.string().optional(),
    operation: z.string(),
    object: z.unknown(),
    oldObject: z.unknown(),
  }),
});

type Request = z.infer<typeof admissionReview>['request'];

/** The two webhooks of the chart, each at a path of its own. */
export type Webhook = 'mutate' | 'validate';

/** `AdmissionReview` of admission.k8s.io/v1 as the API server reads it back. */
export interface ReviewResponse {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patchType?: 'JSONPatch';
    /** The patch as base64 of its JSON. */
    readonly patch?: string;
    readonly status?: {
      readonly status: 'Failure';
      readonly code: number;
      readonly reason: string;
      readonly message: string;
      readonly details: { readonly causes: readonly { reason: string; message: string; field: string }[] };
    };
  };
}

type Decide = (pod: Pod, old: Pod | undefined, config: InjectorConfig) => Admission;

const missingOld = refuse({ code: 'Malformed', where: 'request.oldObject' });
const update: Decide = (pod, old) => (old === undefined ? missingOld : validateUpdate(old, pod));

/** Everything that is decided here; the keys are webhook, operation and resource. */
const DECISIONS = new Map<string, Decide>([
  ['mutate CREATE pods', (pod, _, config) => mutateCreate(pod, config)],
  ['validate CREATE pods', (pod, _, config) => validateCreate(pod, config)],
  ['validate UPDATE pods', update],
  ['validate UPDATE pods/ephemeralcontainers', update],
  ['validate UPDATE pods/resize', update],
]);

function decide(webhook: Webhook, request: Request, config: InjectorConfig): Admission {
  const { resource, subResource, operation } = request;
  const group = resource.group === '' ? '' : `.${resource.group}`;
  const what = `${resource.resource}${group}${subResource ? `/${subResource}` : ''}`;
  const decision = DECISIONS.get(`${webhook} ${operation} ${what}`);
  if (decision === undefined || resource.version !== 'v1') {
    return refuse({ code: 'UnknownOperation', where: `${operation} ${what} ${resource.version}` });
  }
  const where = overfull(request.object) ?? overfull(request.oldObject);
  if (where !== undefined) return refuse({ code: 'TooMany', where });
  const pod = readPod(request.object);
  if (pod === undefined) return refuse({ code: 'Malformed', where: 'request.object' });
  return decision(pod, readPod(request.oldObject), config);
}

function answer(uid: string, admission: Admission): ReviewResponse {
  const envelope = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' } as const;
  if (admission.kind === 'refusal') {
    const { httpStatus: code, reason, message } = admission;
    const causes = admission.causes.map((cause) => ({
      reason: cause.code,
      message: explain(cause),
      field: cause.where,
    }));
    const status = { status: 'Failure', code, reason, message, details: { causes } } as const;
    return { ...envelope, response: { uid, allowed: false, status } };
  }
  if (admission.patch.length === 0) return { ...envelope, response: { uid, allowed: true } };
  const patch = Buffer.from(JSON.stringify(admission.patch)).toString('base64');
  return { ...envelope, response: { uid, allowed: true, patchType: 'JSONPatch', patch } };
}

/**
 * Answers one AdmissionReview. A body that is none is denied under an empty uid, which the API server takes as a failed
 * call: with failurePolicy Fail that is a denial too.
 */
export function review(webhook: Webhook, body: unknown, config: InjectorConfig): ReviewResponse {
  const read = admissionReview.safeParse(body);
  if (!read.success) return answer('', refuse({ code: 'Malformed', where: 'the request body' }));
  return answer(read.data.request.uid, decide(webhook, read.data.request, config));
}
