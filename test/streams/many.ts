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
  const watching = Array.from({ length: watches }, async (_, at) => {
    const list = pod.replace(/\/[^/]+$/, '');
    const watch = await agent.stream(at % 2 === 0 ? 'h1' : 'h2', { path: `${list}?watch=1` });
    await watch.until(/"ADDED"/);
    return watch;
  });
  await Promise.all(watching);
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
  for (let at = 0; at < execs; at += 10)
    await Promise.all(Array.from({ length: Math.min(10, execs - at) }, (_, one) => open(at + one)));
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
