// AdmissionReview (admission.k8s.io/v1), read and answered for every webhook. What cannot be read is answered under an
// empty uid, which the API server takes as a failed call: with failurePolicy Fail that is a denial too.
import * as z from 'zod';
import { type Asked, askedByReview } from '../../policy/describe.ts';
import type { Status } from '../../policy/status.ts';
import { type AdmissionRefusal, refuse, statusOf } from './refusals.ts';

const admissionReview = z.looseObject({
  apiVersion: z.literal('admission.k8s.io/v1'),
  kind: z.literal('AdmissionReview'),
  request: z.looseObject({
    uid: z.string(),
    resource: z.looseObject({ group: z.string(), version: z.string(), resource: z.string() }),
    subResource: z.string().optional(),
    operation: z.string(),
    namespace: z.string(),
    name: z.string().optional(),
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
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patchType?: 'JSONPatch';
    /** A JSON Patch (RFC 6902) in base64. */
    readonly patch?: string;
    readonly status?: Status;
  };
}

/** What is decided of a request: that it may be, once it is patched so, or that it may not. */
export type Decided =
  | { readonly kind: 'allowed'; readonly patch?: readonly object[] }
  | { readonly kind: 'denied'; readonly status: Status };

/** Answers one AdmissionReview; only a failure of what `decide` asks rejects. */
export async function answerReview(
  body: unknown,
  decide: (request: AdmissionRequest, asked: Asked) => Promise<Decided>,
): Promise<AnsweredReview> {
  const read = admissionReview.safeParse(body);
  if (!read.success) {
    const status = statusOf(
      { kind: 'other', what: 'an admission review' },
      refuse('Malformed', 'the request body'),
    );
    return print('', { kind: 'denied', status });
  }
  const { request } = read.data;
  return print(request.uid, await decide(request, askedByReview(request)));
}

function print(uid: string, decided: Decided): AnsweredReview {
  const envelope = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' } as const;
  if (decided.kind === 'denied') {
    return { ...envelope, response: { uid, allowed: false, status: decided.status } };
  }
  if (!decided.patch?.length) return { ...envelope, response: { uid, allowed: true } };
  const patch = Buffer.from(JSON.stringify(decided.patch)).toString('base64');
  return { ...envelope, response: { uid, allowed: true, patchType: 'JSONPatch', patch } };
}
