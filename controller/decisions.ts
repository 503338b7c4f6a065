// What the control plane decides, told as spans: an enrolment, an admission. Each stands alone: what called is not ours to trust.
import { SpanKind, trace } from '@opentelemetry/api';
import { CALL_ATTRIBUTES, RESOURCE_ATTRIBUTES } from '../telemetry/attributes.ts';

export interface DecisionFacts {
  readonly decision: 'permit' | 'denial';
  /** The code of the refusal. */
  readonly refusal?: string | undefined;
  readonly namespace?: string | undefined;
  readonly pod?: string | undefined;
  readonly podUid?: string | undefined;
}

const NAMES = {
  decision: CALL_ATTRIBUTES.decision,
  refusal: CALL_ATTRIBUTES.refusal,
  namespace: RESOURCE_ATTRIBUTES.namespace,
  pod: RESOURCE_ATTRIBUTES.pod,
  podUid: RESOURCE_ATTRIBUTES.podUid,
} as const satisfies Record<keyof DecisionFacts, string>;

/** Opens the span of a decision; what is returned closes it with what was decided. */
export function beginDecision(name: string): (facts: DecisionFacts) => void {
  const span = trace.getTracer('chaperone').startSpan(name, { root: true, kind: SpanKind.SERVER });
  return (facts) => {
    for (const fact of Object.keys(NAMES) as (keyof DecisionFacts)[]) {
      const value = facts[fact];
      if (value !== undefined) span.setAttribute(NAMES[fact], value);
    }
    span.end();
  };
}
