// `kubectl chaperone replay` as the person has it, from the bundle: what was recorded of an agent.
import { run } from '../cluster/run.ts';
import { SYSTEM } from '../install.ts';
import { saidOf, typed } from './actor.ts';
import { CLI } from './governed-run.ts';

/** `system`: chaperone's namespace; `as`: flags that say who reads, which a person has in a kubeconfig. */
export const replayOf = (system: string, as: readonly string[]) => async (id: string) => {
  const argv = ['replay', id, '--text', ...(system === SYSTEM ? [] : ['-n', system])];
  const { text } = saidOf(await run([process.execPath, CLI, ...argv, ...as]));
  return { command: typed(['chaperone', ...argv]), text };
};
