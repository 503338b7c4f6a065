// The patterns of the policy of the moment, compiled once for as long as they stay the same. What compiles them is loaded only
// where a policy has any.
import type { Patterns } from '../masking/patterns/compile.ts';
import type { Permit } from '../policy/decide.ts';
import type { MaskingRules } from '../policy/kinds/masking.ts';

/** A call, and what a policy has hidden in what is said of it. */
export type Masked = Pick<Permit, 'request' | 'masking'>;

export interface PatternSource {
  /** Waits until `of` can be asked about this call. Rejects where what compiles cannot be loaded. */
  ready(masked: Masked): Promise<void>;
  /** Undefined: its policy has none, or the call is no resource's. Throws where one does not compile. */
  of(masked: Masked): Patterns | undefined;
}

/** While a policy changes, calls under both are answered. */
const MAX_COMPILED = 2;

export function createPatterns(): PatternSource {
  const compiled = new Map<string, Patterns>();
  let compile: ((rules: MaskingRules) => Patterns) | undefined;
  return {
    async ready(masked) {
      if (rulesOf(masked) !== undefined)
        compile ??= (await import('../masking/patterns/compile.ts')).compilePatterns;
    },
    of(masked) {
      const rules = rulesOf(masked);
      if (rules === undefined) return undefined;
      if (compile === undefined) throw new Error('the patterns were not awaited');
      const key = JSON.stringify(rules);
      const patterns = compiled.get(key) ?? compile(rules);
      compiled.delete(key);
      compiled.set(key, patterns);
      const [oldest] = compiled.keys();
      if (compiled.size > MAX_COMPILED && oldest !== undefined) compiled.delete(oldest);
      return patterns;
    },
  };
}

function rulesOf({ request, masking }: Masked): Pick<MaskingRules, 'wellKnown' | 'patterns'> | undefined {
  const { wellKnown, patterns } = masking ?? {};
  const hasAny = wellKnown !== undefined || patterns !== undefined;
  return hasAny && request.kind === 'resource' ? { wellKnown, patterns } : undefined;
}
