// The calls that are being answered, each under a Permit that may end before it does. Expiry and revocation are one
// thing here: whenever the entitlements change or a deadline passes, every open call is decided again, and one that would
// no longer be let through is cut.
import type { ApiRequest } from '../policy/api-request.ts';
import type { Permit } from '../policy/decide.ts';
import type { Refusal } from '../policy/refusal.ts';

export interface OpenCall {
  permit: Permit;
  /** Of its body: a PUT or PATCH that may create is decided by it. */
  readonly contentType: string | undefined;
  /** Ends the call towards the agent and the API server. Called at most once, and not after it was removed. */
  cut(refusal: Refusal): void;
}

export interface OpenCalls {
  /** Watches over a call until the returned function is called. */
  add(call: OpenCall): () => void;
  /** Decides every open call again: to be called when the entitlements have changed. */
  review(): void;
  /** Whether it is still under its permit. Looks at the clock, and so is never late, as a timer may be: it then reviews all. */
  stands(call: OpenCall): boolean;
  /** Cuts every open call. */
  cutAll(refusal: (request: ApiRequest) => Refusal): void;
  readonly size: number;
}

export interface OpenCallsParts {
  readonly decideAgain: (call: OpenCall) => Permit | Refusal;
  /** The moment, in monotonic milliseconds, from which on the permit no longer holds unless it is renewed. */
  readonly endOf: (permit: Permit) => number;
  readonly now: () => number;
}

/** A timer stands still while the machine sleeps: what the clocks say to that is looked at this often (held-entitlements.ts). */
const LOOK_AGAIN_MS = 1000;

export function createOpenCalls(parts: OpenCallsParts): OpenCalls {
  const open = new Set<OpenCall>();
  let timer: NodeJS.Timeout | undefined;
  let armedForMs = Number.POSITIVE_INFINITY;

  const review = (): void => {
    for (const call of open) {
      const answer = parts.decideAgain(call);
      if (answer.kind === 'permit') {
        // What Enforce would have cut once stays marked, also where a renewal covers it again.
        call.permit = { ...answer, instead: call.permit.instead ?? answer.instead };
      } else {
        open.delete(call);
        call.cut(answer);
      }
    }
    arm();
  };

  const arm = (): void => {
    clearTimeout(timer);
    armedForMs = Number.POSITIVE_INFINITY;
    for (const call of open) armedForMs = Math.min(armedForMs, parts.endOf(call.permit));
    if (armedForMs === Number.POSITIVE_INFINITY) return;
    // A timer may fire a fraction early: a millisecond more and the deadline has passed when it is looked at.
    timer = setTimeout(review, Math.min(Math.max(0, armedForMs - parts.now()) + 1, LOOK_AGAIN_MS));
    timer.unref();
  };

  return {
    add(call) {
      open.add(call);
      if (parts.endOf(call.permit) < armedForMs) arm();
      return () => {
        open.delete(call);
      };
    },
    review,
    stands(call) {
      const endMs = parts.endOf(call.permit);
      if (parts.now() >= endMs) review();
      return open.has(call);
    },
    cutAll(refusal) {
      for (const call of open) {
        open.delete(call);
        call.cut(refusal(call.permit.request));
      }
    },
    get size() {
      return open.size;
    },
  };
}
