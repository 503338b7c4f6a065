// What the agent may not do, and cannot find.
import { createActor, isForbidden } from '../actor.ts';
import { SEARCH, searchCredential } from '../credential-search.ts';
import { ACCOUNT } from '../names.ts';
import { isMissing, type Stage } from '../stage.ts';
import type { Screen } from '../steps.ts';

/** Answers what the agent was told. */
export async function refused(stage: Stage, screen: Screen): Promise<string> {
  screen.chapter('What it may not do');
  const { shop } = stage.names;
  const agent = createActor(stage.governed, screen);
  await agent.does('a Secret elsewhere is refused', ['get', 'secret', 'database', '-n', shop], {
    expected: 'Forbidden',
    fits: (said) => isForbidden(said, 'database'),
  });
  await agent.does('so is a delete', ['delete', 'pod', 'web', '-n', shop], {
    expected: 'Forbidden: the policy says never',
    fits: (said) => isForbidden(said, 'says never'),
  });
  await unheard(stage, screen);
  await hidden(stage, screen);
  return agent.heard();
}

async function unheard({ names, audit }: Stage, screen: Screen): Promise<void> {
  const step = 'the API server never heard of either';
  if (isMissing(audit)) return screen.leaveOut({ step, left_out: audit.missing });
  const agent = `system:serviceaccount:${names.agents}:${ACCOUNT}`;
  const own = (await audit.calls()).filter(({ user }) => user.username === agent);
  const reached = own.filter(({ verb, objectRef }) => verb === 'delete' || objectRef?.name === 'database');
  screen.step({
    step,
    command: "the calls of the agent's ServiceAccount in the API server's audit log",
    expected: 'others, but 0 of these',
    outcome: `${own.length} calls, ${reached.length} of these`,
    ok: own.length > 0 && reached.length === 0,
  });
}

async function hidden({ names, pods, kubectl }: Stage, screen: Screen): Promise<void> {
  const step = "the real credential is nowhere in the agent's container";
  if (isMissing(pods)) return screen.leaveOut({ step, left_out: pods.missing });
  const places = await searchCredential(kubectl, names.agents, pods.signature);
  screen.step({
    step,
    command: pods.signature === undefined ? SEARCH : `${SEARCH} or the live token's signature`,
    expected: 'no place',
    outcome: places.join('\n') || 'no place',
    ok: places.length === 0,
  });
}
