// Every "no" to a change of an AgentPolicy or a Grant, as data; the sentences are in policy/refusal-texts/kinds.ts.
// kubectl prints them behind: admission webhook "grants.chaperone.dev" denied the request.
import type { Asked } from '../../policy/describe.ts';
import { refuseBy } from '../../policy/refusal.ts';
import { kindTexts } from '../../policy/refusal-texts/kinds.ts';
import { type Status, toStatus } from '../../policy/status.ts';

export interface AdmissionRefusal {
  readonly kind: 'refused';
  readonly code: keyof typeof kindTexts;
  /** Names from elsewhere in it are quoted. */
  readonly detail: string;
}

export const refuse = (code: AdmissionRefusal['code'], detail: string): AdmissionRefusal => ({
  kind: 'refused',
  code,
  detail,
});

export function statusOf(asked: Asked, { code, detail }: AdmissionRefusal): Status {
  return toStatus(refuseBy(kindTexts, asked, [{ code, facts: { detail, where: detail } }]));
}
