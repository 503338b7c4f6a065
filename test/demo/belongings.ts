// What the demo made in a cluster of other people, and how each of it goes away: exactly that and nothing else. A thing is
// noted before it is made, because making it may be interrupted half-way.
import type { Outcome } from '../cluster/run.ts';

export interface Thing {
  readonly what: string;
  /** Ends with 0 also where it is not there. */
  readonly remove: () => Promise<Outcome>;
  /** What a person types where that failed. */
  readonly byHand: string;
}

export interface Belongings {
  note(thing: Thing): void;
  /** Removes all, the last first, and goes on where one fails. Rejects with what is left and how to remove it. */
  remove(say: (line: string) => void): Promise<void>;
}

export function createBelongings(): Belongings {
  const things: Thing[] = [];
  return {
    note: (thing) => void things.push(thing),
    async remove(say) {
      const left: string[] = [];
      for (const { what, remove, byHand } of things.splice(0).reverse()) {
        say(`removing ${what}`);
        const { code, stderr } = await remove().catch((error: Error) => ({ code: 1, stderr: error.message }));
        if (code !== 0) left.push(`${what}: ${stderr.trim()}\n  ${byHand}`);
      }
      if (left.length > 0) throw new Error(`left behind, to be removed by hand:\n${left.join('\n')}`);
    },
  };
}
