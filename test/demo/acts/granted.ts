// Grants for one task: masked, revoked, revealing, ended.
import { createActor, isForbidden } from '../actor.ts';
import { TLS_KEY } from '../names.ts';
import { GRANT_SECONDS, maskedGrant, revealingGrant } from '../rules.ts';
import type { Stage } from '../stage.ts';
import type { Screen } from '../steps.ts';
import { readTls } from './commands.ts';
import { putBack } from './put-back.ts';

/** Answers what the agent was told of it, but for the one value that was to be revealed. */
export async function granted(stage: Stage, screen: Screen): Promise<string> {
  screen.chapter('Grants for one task');
  const { names, agentUid, give, revoke } = stage;
  const agent = createActor(stage.governed, screen);
  const look = maskedGrant(names, agentUid);
  await give(look);
  const masked = await agent.does('a Grant without reveal: keys, not values', readTls(names), {
    expected: 'a sentinel in place of the value',
    when: ({ code }) => code === 0,
    fits: ({ text }) => text.startsWith('chaperone: hidden value'),
  });
  await putBack(stage, screen, agent, masked.text);
  await revoke(look);
  await agent.does('a person deletes that Grant: it is revoked', readTls(names), {
    expected: 'Forbidden',
    when: ({ code }) => code !== 0,
    fits: (said) => isForbidden(said, 'web-tls'),
  });
  await give(revealingGrant(names, agentUid));
  const { text } = await agent.does(`a Grant of ${GRANT_SECONDS} seconds with reveal`, readTls(names), {
    expected: 'the real value',
    when: ({ code }) => code === 0,
    fits: (said) => said.text === TLS_KEY,
  });
  const watch = ['get', '--raw', `/api/v1/namespaces/${names.shop}/configmaps?watch=true`];
  await agent.does('the Grant ends by itself: an open watch ends with it', watch, {
    expected: 'a last event ERROR with code 403',
    shows: ({ text: events }) => lastEvent(events),
    fits: (said) => lastEvent(said.text).startsWith('ERROR 403'),
  });
  await agent.does('and the next read is refused', readTls(names), {
    expected: 'Forbidden: the Grant has ended',
    fits: (said) => isForbidden(said, 'has ended'),
  });
  return agent.heard().replace(text, '');
}

/** The last event of a watch as a person would say it. */
function lastEvent(events: string): string {
  const line = events.split('\n').findLast((each) => each.startsWith('{')) ?? '{}';
  const { type, object } = JSON.parse(line) as {
    type?: string;
    object?: { code?: number; message?: string };
  };
  return `${type} ${object?.code}: ${object?.message}`;
}
