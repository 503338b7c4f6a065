// What a run did, counted call by call and said in a few lines at its end.
import type { CallFacts } from '../../telemetry/attributes.ts';

export interface Summary {
  count(facts: CallFacts): void;
  /** A few lines of at most 100 columns, without a line feed at the end. */
  print(): string;
}

/** Refusals are told apart by code and by what was asked; more kinds than this are told as one number. */
const MAX_KINDS = 10;
const WIDTH = 100;

export function createSummary(): Summary {
  let allowed = 0;
  let denied = 0;
  let masked = 0;
  const kinds = new Map<string, number>();
  return {
    count(facts) {
      masked += facts.masked ?? 0;
      if (facts.refusal === undefined) {
        allowed += 1;
        return;
      }
      denied += 1;
      const kind = `${facts.refusal}  ${asked(facts)}`.slice(0, WIDTH - 10);
      // A map of its own size is the bound: a run may be refused a million different things.
      if (kinds.has(kind) || kinds.size < MAX_KINDS) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    },
    print() {
      const told = [...kinds].map(([kind, times]) => `  ${String(times).padStart(5)}  ${kind}`);
      const rest = denied - [...kinds.values()].reduce((sum, times) => sum + times, 0);
      const head = `chaperone: ${allowed} allowed, ${denied} denied, ${masked} ${masked === 1 ? 'value' : 'values'} masked`;
      return [head, ...told, ...(rest > 0 ? [`  ${String(rest).padStart(5)}  others`] : [])].join('\n');
    },
  };
}

function asked({ verb, resource, subresource, name, namespace, path, method }: CallFacts): string {
  if (resource === undefined) return `${verb ?? method ?? '?'} ${path ?? '(malformed)'}`;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return [verb, what, name, namespace === undefined ? undefined : `-n ${namespace}`]
    .filter((it) => it !== undefined)
    .join(' ');
}
