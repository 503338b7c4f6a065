// AdmissionReview (admission.k8s.io/v1) of our own kinds, read and answered. What cannot be read is answered under an
// empty uid, which the API server takes as a failed call: with failurePolicy Fail that is a denial too.
import { z } from 'zod';
import { type AdmissionRefusal, refuse } from './refusals.ts';

const admissionReview = z.looseObject({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.looseObject({
    uid: z.string(),
    resource: z.looseObject({ group: z.string(), version: z.string(), resource: z.string() }),
    subResource: z.string().optional(),
    operation: z.string(),
    namespace: z.string(),
    userInfo: z.looseObject({
      username: z.string(),
      uid: z.string().optional(),
      groups: z.array(z.string()).optional(),
      extra: z.record(z.string(), z.array(z.string())).optional(),
    }),
    object: z.unknown(),
    oldObject: z.unknown(),
  }),
});

export type AdmissionRequest = z.infer<typeof admissionReview>['request'];

export type Admission = { readonly kind: 'allowed' } | AdmissionRefusal;

export const ALLOWED: Admission = { kind: 'allowed' };

/** What is asked: `CREATE grants`, `UPDATE grants/status`; of another group or version, that as well. */
export function operationOf({ operation, resource, subResource }: AdmissionRequest): string {
  const foreign = resource.group !== 'chaperone.dev' || resource.version !== 'v1alpha1';
  const what = `${resource.resource}${subResource ? `/${subResource}` : ''}`;
  return `${operation} ${what}${foreign ? ` of ${resource.group}/${resource.version}` : ''}`;
}

/** What the API server reads of an answer. */
export interface AnsweredReview {
  readonly apiVersion: string;
  readonly kind: string;
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: {
      readonly status: string;
      readonly code: number;
      readonly reason: string;
      readonly message: string;
      readonly details: { readonly causes: readonly { readonly reason: string; readonly message: string }[] };
    };
  };
}

/** Answers one AdmissionReview; only a failure of what `decide` asks rejects. */
export async function answerReview(
  body: unknown,
  decide: (request: AdmissionRequest) => Promise<Admission>,
): Promise<AnsweredReview> {
  const read = admissionReview.safeParse(body);
  if (!read.success) return print('', refuse('Malformed', 'the request body'));
  return print(read.data.request.uid, await decide(read.data.request));
}

function print(uid: string, admission: Admission): AnsweredReview {
  const envelope = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
  if (admission.kind === 'allowed') return { ...envelope, response: { uid, allowed: true } };
  const { code, httpStatus, reason, message } = admission;
  const details = { causes: [{ reason: code, message }] };
  const status = { status: 'Failure', code: httpStatus, reason, message, details };
  return { ...envelope, response: { uid, allowed: false, status } };
}
