// What the guard finds in pods that they may not have: a field, and the code of the row that says why.
import type { workloadTexts } from '../refusal-texts/workloads.ts';

export interface Finding {
  readonly code: keyof typeof workloadTexts;
  /** `spec.template.spec.volumes[2].secret.secretName` */
  readonly field: string;
  /** What a rule would name to permit it; empty where none can, or where it has no name. */
  readonly name: string;
}

export const finding = (code: Finding['code'], field: string, name: unknown = ''): Finding => ({
  code,
  field,
  name: typeof name === 'string' ? name : '',
});
