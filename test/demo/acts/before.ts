// Without chaperone: what agents are given today.
import { createActor } from '../actor.ts';
import { SEARCH, searchCredential } from '../credential-search.ts';
import { TLS_KEY } from '../names.ts';
import { isMissing, type Stage } from '../stage.ts';
import type { Screen } from '../steps.ts';
import { readTls } from './commands.ts';

export async function before(stage: Stage, screen: Screen): Promise<void> {
  screen.chapter('Before: a namespace without the label');
  const { names, pods, reach, kubectl } = stage;
  const whose = reach === 'cluster' ? 'every Secret of the cluster' : 'every Secret of the shop';
  await createActor(stage.loose, screen).does(`the agent's ServiceAccount reads ${whose}`, readTls(names), {
    expected: 'the real value',
    fits: ({ text }) => text === TLS_KEY,
  });
  const step = 'its credential lies in its container';
  if (isMissing(pods)) return screen.leaveOut({ step, left_out: pods.missing });
  const found = await searchCredential(kubectl, names.loose, pods.signature);
  screen.step({
    step,
    command: SEARCH,
    expected: 'at least one place',
    // A projected volume keeps its files in a dated folder behind links.
    outcome: found.map((place) => place.replace(/\/\.\.\d{4}_[^/]+/, '')).join('\n') || 'no place',
    ok: found.length > 0,
  });
}
