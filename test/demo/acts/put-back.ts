// What an agent writes of a Secret that it cannot see: the value stays as it is, and no sentinel is stored.
import { type Actor, isForbidden } from '../actor.ts';
import { TLS_KEY } from '../names.ts';
import type { Stage } from '../stage.ts';
import type { Screen } from '../steps.ts';

/** `sentinel`: what the agent was shown in the place of the value. */
export async function putBack(
  { names, kubectl }: Stage,
  screen: Screen,
  agent: Actor,
  sentinel: string,
): Promise<void> {
  const shown = Buffer.from(sentinel).toString('base64');
  const patch = (change: object) => [
    ...['patch', 'secret', 'web-tls', '-n', names.shop, '--type=merge'],
    ...['-p', JSON.stringify(change)],
  ];
  const labels = { 'renewed-by': 'triage' };
  await agent.does('what it writes back is put back', patch({ metadata: { labels }, data: { key: shown } }), {
    expected: 'patched',
    fits: ({ code, text }) => code === 0 && text.includes('patched'),
  });
  const look = [
    'get',
    'secret',
    'web-tls',
    '-n',
    names.shop,
    '-o',
    'go-template={{.data.key | base64decode}}',
  ];
  const { stdout } = await kubectl(look);
  screen.step({
    step: 'and the stored value is the one that was there',
    command: 'the same Secret, read by a person',
    expected: 'the real value',
    outcome: stdout,
    ok: stdout === TLS_KEY,
  });
  await agent.does('a sentinel in another place is refused', patch({ data: { copied: shown } }), {
    expected: 'Forbidden, with the place',
    fits: (said) => isForbidden(said, 'data.copied'),
  });
}
