// Every "no" in chaperone: a code, an HTTP status, and one sentence of one shape, printed here and nowhere else, from the
// tables in refusal-texts/. What a program needs of it stands beside the sentence.
import { type Asked, describe } from './describe.ts';
import { clip, printable } from './quoting.ts';
import { callTexts } from './refusal-texts/calls.ts';
import { type FactsOf, REASONS, type Row, type Texts } from './refusal-texts/row.ts';
import { REMEDIES, type Remedy } from './remedy.ts';

export type RefusalCode = keyof typeof callTexts;
export type RefusalFacts<C extends RefusalCode> = FactsOf<typeof callTexts, C>;

/** One row of a table with the facts of its text, and the field of an object that met it. */
export interface Cause<T extends Texts, C extends keyof T = keyof T> {
  readonly code: C;
  readonly facts: FactsOf<T, C> & Decided;
  readonly field?: string;
}

/** What decided, as far as a program may want it by itself. */
interface Decided {
  /** `AgentPolicy agents/triage never[0]` */
  readonly rule?: string;
  /** `namespace/name` */
  readonly policy?: string;
  readonly scope?: string;
  readonly retryAfterSeconds?: number;
}

export interface Refusal<C = RefusalCode> extends Decided {
  readonly kind: 'refusal';
  readonly code: C;
  readonly httpStatus: number;
  /** metav1.StatusReason */
  readonly reason: string;
  readonly message: string;
  /** In the order of the sentence; the first is the one of `code`. */
  readonly causes: readonly {
    readonly code: C;
    readonly because: string;
    readonly remedy: Remedy;
    readonly field?: string;
  }[];
  /** What was asked for, where a resource was. */
  readonly object?: { readonly group: string; readonly resource: string; readonly name: string };
}

/** A message is read in a terminal and by a model: it holds names and causes from elsewhere and does not grow beyond this. */
export const MAX_MESSAGE = 2048;
const MAX_CAUSES = 8;
/** A key of data has 253 characters at most. */
const MAX_FIELD = 512;
/** Left free for the count of the causes that are not told. */
const ROOM_FOR_COUNT = 32;

/**
 * Refuses a call. `request` is what was asked, or as much of it as is known; `field` the place in its body that met the
 * refusal.
 */
export function refuse<C extends RefusalCode>(
  code: C,
  facts: RefusalFacts<C> & Decided & { readonly request: Asked; readonly field?: string },
): Refusal {
  const { field } = facts;
  const located = field !== undefined && { field: clip(printable(field), MAX_FIELD) };
  return refuseBy(callTexts, facts.request, [{ code, facts, ...located }]);
}

/** Refuses by the rows of any table; the first cause decides the status. */
export function refuseBy<T extends Texts, C extends keyof T & string>(
  texts: T,
  asked: Asked,
  [first, ...others]: readonly [Cause<T, C>, ...Cause<T, C>[]],
): Refusal<C> {
  const { rule, policy, scope, retryAfterSeconds = texts[first.code]?.retryAfterSeconds } = first.facts;
  const { httpStatus } = texts[first.code] as Row<never>;
  const told = [first, ...others].slice(0, MAX_CAUSES).map((cause) => tell(texts, cause));
  return {
    kind: 'refusal',
    code: first.code,
    httpStatus,
    reason: REASONS[httpStatus],
    message: sentence(describe(asked), told, Math.max(others.length + 1 - MAX_CAUSES, 0)),
    causes: told.map(({ next: _, ...cause }) => cause),
    ...(rule !== undefined && { rule }),
    ...(policy !== undefined && { policy }),
    ...(scope !== undefined && { scope }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(asked.kind === 'resource' && {
      object: { group: asked.apiGroup, resource: asked.resource, name: asked.name ?? '' },
    }),
  };
}

/** The table pairs each code with the facts of its own text; TypeScript cannot follow a generic key into it. */
function tell<T extends Texts, C extends keyof T>(texts: T, { code, facts, field }: Cause<T, C>) {
  const { because, remedy, next } = texts[code] as unknown as Row<typeof facts>;
  return {
    code,
    because: printable(because(facts)),
    remedy,
    next: `${REMEDIES[remedy]} ${next(facts)}`,
    ...(field !== undefined && { field }),
  };
}

/** What is too long gives way in what decided, never in what was asked or what to do next. */
function sentence(
  asked: string,
  told: readonly { readonly because: string; readonly next: string }[],
  untold: number,
): string {
  let text = `chaperone refuses ${asked}:`;
  for (const [at, { because, next }] of told.entries()) {
    const room = MAX_MESSAGE - ROOM_FOR_COUNT - text.length - next.length;
    if (at > 0 && because.length > room) return `${text} And ${told.length - at + untold} more.`;
    text += ` ${clip(because, Math.max(room, 1))}. ${next}.`;
  }
  return clip(untold > 0 ? `${text} And ${untold} more.` : text, MAX_MESSAGE);
}
