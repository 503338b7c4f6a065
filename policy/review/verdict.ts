// The answer to a review of access: yes where the policy and the API server both say so. A no says whose it is and what to do
// next; what the API server gave as its reason stays.
import * as z from 'zod';
import type { Entitlements } from '../entitlements.ts';
import { parse } from '../kinds/parse-strictly.ts';
import { clip } from '../quoting.ts';
import type { Refusal } from '../refusal.ts';
import type { Remedy } from '../remedy.ts';
import { decideAsked } from './decide-asked.ts';
import { questionOf } from './question.ts';
import type { AccessSpec } from './read.ts';

/** authorization.k8s.io/v1 SubjectAccessReviewStatus. */
export interface AccessStatus {
  readonly allowed: boolean;
  readonly denied?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly evaluationError?: string | undefined;
}

const Status = z.object({
  allowed: z.boolean(),
  denied: z.boolean().optional(),
  reason: z.string().optional(),
  evaluationError: z.string().optional(),
});

export type Verdict =
  | { readonly kind: 'allows'; readonly rule: string; readonly instead: Refusal | undefined }
  | { readonly kind: 'refuses'; readonly refusal: Refusal };

/** Of the API server's reasons and errors; ours are bounded where they are printed. */
const MAX_OF_SERVER = 1024;
/** What no Grant and no change of a policy opens to an agent. */
const FINAL: ReadonlySet<Remedy | undefined> = new Set(['none', 'person']);

/** What decide says to the call that is asked about. */
export function verdictOf(access: AccessSpec, entitlements: Entitlements, nowMs: number): Verdict {
  const asked = questionOf(access);
  const decided = asked.kind === 'refusal' ? asked : decideAsked(asked, entitlements, nowMs);
  if (decided.kind === 'refusal') return { kind: 'refuses', refusal: decided };
  return { kind: 'allows', rule: decided.rule, instead: decided.instead };
}

/** Policy AND API server; undefined where the server's is no status of a review. */
export function accessStatus(verdict: Verdict, fromServer: unknown): AccessStatus | undefined {
  const read = parse(Status, fromServer);
  if (read.kind === 'invalid') return undefined;
  const { allowed, denied = false, reason = '', evaluationError } = read.value;
  const error = evaluationError && { evaluationError: clip(evaluationError, MAX_OF_SERVER) };
  const told = clip(reason, MAX_OF_SERVER);
  if (verdict.kind === 'allows') {
    const because = allowed ? observed(verdict, told) : notByTheServer(verdict, told);
    return { allowed, ...(denied && { denied }), ...(because && { reason: because }), ...error };
  }
  const { message, causes } = verdict.refusal;
  const final = denied || FINAL.has(causes[0]?.remedy);
  const too = allowed ? '' : ` The API server does not allow it either${told && `: ${told}`}.`;
  return { allowed: false, ...(final && { denied: true }), reason: message + too, ...error };
}

/** RBAC says which binding allows it and, where none does, nothing. */
const notByTheServer = ({ rule }: Verdict & { kind: 'allows' }, told: string): string =>
  `${rule} covers it, and the API server does not allow it${told && `: ${told}`}`;

const observed = ({ instead }: Verdict & { kind: 'allows' }, told: string): string =>
  instead === undefined
    ? told
    : [told, `Enforce would have said: ${instead.message}`].filter(Boolean).join('; ');
