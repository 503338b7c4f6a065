// The first line of a run that observes, and of every change by an edit: what takes no effect, and where. Nothing of what is
// done then is a surprise.
import type { Mode } from '../../policy/mode.ts';

/** One line, without "chaperone: " before it. */
export function announcement(mode: Mode, context: string): string {
  if (mode === 'Enforce') return `context ${context} is governed: the policy is enforced from now on`;
  if (mode === 'Observe')
    return `context ${context} is only observed: no denial of the policy takes effect; masking and the closed list hold`;
  return (
    `WARNING: context ${context} IS NOT GUARDED: --open lifts every denial of a policy and the closed list, ` +
    '--unmasked shows the values of Secrets and lets pods and pod templates be written'
  );
}
