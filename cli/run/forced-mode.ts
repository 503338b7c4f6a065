// What `--observe` does: the policy holds as it is, under another mode than it says. With `--unmasked --open` that mode is
// OPEN, which the command line alone can say (arguments.ts).
import type { Mode } from '../../policy/mode.ts';
import type { HeldEntitlements } from '../../sidecar/held-entitlements.ts';

export function heldUnder(mode: Mode, held: HeldEntitlements): HeldEntitlements {
  return {
    ...held,
    current() {
      const now = held.current();
      return now?.held.kind === 'policy' ? { ...now, held: { ...now.held, mode } } : now;
    },
  };
}
