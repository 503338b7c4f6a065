// Every "no" to a sidecar that wants certificates, as data; the sentences are in policy/refusal-texts/sidecars.ts.
import { refuseBy } from '../policy/refusal.ts';
import { sidecarTexts } from '../policy/refusal-texts/sidecars.ts';
import { type Status, toStatus } from '../policy/status.ts';

export type AttestationRefusalCode = keyof typeof sidecarTexts;

export interface AttestationRefusal {
  readonly kind: 'refused';
  readonly code: AttestationRefusalCode;
  readonly detail: string | undefined;
}

/** `detail` is added to the cause; it must hold nothing that the asker does not already know. */
export const refused = (code: AttestationRefusalCode, detail?: string): AttestationRefusal => ({
  kind: 'refused',
  code,
  detail,
});

/** The refusal as the body of an answer; its `code` is the HTTP status. */
export function attestationStatus({ code, detail }: AttestationRefusal): Status {
  const asked = { kind: 'other', what: 'to attest this sidecar' } as const;
  return toStatus(refuseBy(sidecarTexts, asked, [{ code, facts: { detail } }]));
}
