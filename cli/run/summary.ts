// What a run did, counted call by call and said in a few lines at its end.
import type { CallFacts } from '../../telemetry/attributes.ts';
import { createWouldBeDenied } from './would-be-denied.ts';

export interface Summary {
  count(facts: CallFacts): void;
  /** A few lines of at most 100 columns, without a line feed at the end. */
  print(): string;
}

/** Refusals are told apart by code and by what was asked; those of more kinds than this are told as one number. */
const MAX_KINDS = 10;
const WIDTH = 100;
const COUNT_WIDTH = 5;

export function createSummary(): Summary {
  let allowed = 0;
  let masked = 0;
  let values = 0;
  let others = 0;
  let unmasked = 0;
  const wouldBe = createWouldBeDenied();
  const kinds = new Map<string, number>();
  return {
    count(facts) {
      const hidden = facts.masked ?? 0;
      values += hidden;
      if (hidden > 0) masked += 1;
      if (facts.unmasked) unmasked += 1;
      wouldBe.count(facts);
      if (facts.refusal === undefined) {
        allowed += 1;
        return;
      }
      const kind = `${facts.refusal}  ${asked(facts)}`;
      const known = kinds.get(kind);
      if (known === undefined && kinds.size >= MAX_KINDS) others += 1;
      else kinds.set(kind, (known ?? 0) + 1);
    },
    print() {
      const denied = [...kinds.values()].reduce((sum, times) => sum + times, others);
      const hidden = masked === 0 ? '' : ` (${values} ${values === 1 ? 'value' : 'values'})`;
      const shown = unmasked === 0 ? '' : `, ${unmasked} shown unmasked`;
      const told = [...kinds].map(([kind, times]) => line(times, kind));
      return [
        `chaperone: ${allowed} allowed, ${denied} denied, ${masked} masked${hidden}${shown}`,
        ...told,
        ...(others > 0 ? [line(others, 'others')] : []),
        ...(wouldBe.times > 0 ? [`  Enforce would have denied ${wouldBe.times}:`] : []),
        ...wouldBe.lines().map(([times, what]) => line(times, what)),
      ].join('\n');
    },
  };
}

function line(times: number, what: string): string {
  const text = `  ${String(times).padStart(COUNT_WIDTH)}  ${what}`;
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
}

function asked({ verb, resource, subresource, name, namespace, path, method }: CallFacts): string {
  if (resource === undefined) return `${verb ?? method ?? '?'} ${path ?? '(malformed)'}`;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return [verb, what, name, namespace && `-n ${namespace}`].filter((it) => it !== undefined).join(' ');
}
