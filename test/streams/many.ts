// Very many streams at once: shells that each answer, and watches that each show their first events.
import { agentOf, type Door } from '../adversarial/agent.ts';
import { type Command, mustOpen } from './command.ts';
import { commandQuery } from './stage.ts';

export interface Many {
  /** Says a word in every shell and waits until each has said it back. */
  talk(word: string): Promise<void>;
  stop(): Promise<void>;
}

/** `pod`: the path of the pod. Resolves when all of them are open. */
export async function manyStreams(
  door: Door,
  pod: string,
  { execs, watches }: { readonly execs: number; readonly watches: number },
): Promise<Many> {
  const agent = agentOf(door);
  const list = pod.replace(/\/[^/]+$/, '');
  const watch = async (at: number) => {
    const watching = await agent.stream(at % 2 === 0 ? 'h1' : 'h2', { path: `${list}?watch=1` });
    await watching.until(/"ADDED"/);
  };
  // Of more that begin at once the API server turns some away (priority and fairness).
  await inBatches(watches, 50, watch);
  const shells: Command[] = [];
  const open = async (at: number) => {
    const isSpdy = at % 2 === 0;
    const shell = await mustOpen(door, {
      path: `${pod}/exec`,
      query: commandQuery({ argv: ['sh', '-c', 'exec cat'], stdin: true }),
      transport: isSpdy ? 'spdy' : 'websocket',
      protocols: [isSpdy ? 'v4.channel.k8s.io' : 'v5.channel.k8s.io'],
    });
    shells.push(shell);
  };
  // containerd starts a handful at a time.
  await inBatches(execs, 10, open);
  const talk: Many['talk'] = async (word) => {
    for (const shell of shells) shell.send('stdin', word);
    await Promise.all(shells.map((shell) => shell.until('stdout', new RegExp(word))));
  };
  await talk('first');
  return {
    talk,
    async stop() {
      for (const shell of shells) shell.closeStdin();
      await Promise.all(shells.map(({ end }) => end));
      agent.close();
    },
  };
}

/** So many at once, each with its number. */
async function inBatches(length: number, size: number, each: (at: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < length; at += size)
    await Promise.all(Array.from({ length: Math.min(size, length - at) }, (_, one) => each(at + one)));
}
