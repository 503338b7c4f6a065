// What the agent may do, and only so often; and how it can know beforehand.
import { createActor, isForbidden } from '../actor.ts';
import { MAX_DELETES } from '../rules.ts';
import type { Stage } from '../stage.ts';
import type { Screen } from '../steps.ts';

/** Answers what the agent was told. */
export async function bounded({ names, governed }: Stage, screen: Screen): Promise<string> {
  screen.chapter('What it may do, and how often');
  const { shop } = names;
  const agent = createActor(governed, screen);
  await agent.does('it can ask first', ['auth', 'can-i', 'delete', 'pods', '-n', shop], {
    expected: 'no, and why',
    fits: ({ code, text }) => code === 1 && text.startsWith('no - ') && text.includes('says never'),
  });
  const clear = ['delete', 'configmaps', '-l', 'app=basket', '-n', shop, '--wait=false'];
  await agent.does(`deletes end at ${MAX_DELETES} in ten minutes, the refused one counted`, clear, {
    expected: 'two deleted, the third Forbidden: the budget is spent',
    fits: (said) =>
      isForbidden(said, 'budgets[0]') && said.text.match(/^configmap "basket-\d" deleted/gm)?.length === 2,
  });
  return agent.heard();
}
