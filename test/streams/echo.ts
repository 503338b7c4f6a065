// Keys typed at a terminal of a pod, one after another, and how long each takes to be seen again.
import type { Door } from '../adversarial/agent.ts';
import { mustOpen } from './command.ts';
import { commandQuery } from './stage.ts';

/** Milliseconds from key to echo, of each key. `pod`: the path of the pod. */
export async function echoes(door: Door, pod: string, keys: number): Promise<number[]> {
  const command = await mustOpen(door, {
    path: `${pod}/exec`,
    query: commandQuery({
      argv: ['sh', '-c', 'stty raw -echo; echo ready; exec cat'],
      stdin: true,
      tty: true,
    }),
    transport: 'websocket',
    protocols: ['v5.channel.k8s.io'],
  });
  await command.until('stdout', /ready/);
  const took: number[] = [];
  for (let key = 0; key < keys; key += 1) {
    const seen = command.next('stdout');
    const typedMs = performance.now();
    command.send('stdin', 'k');
    took.push((await seen) - typedMs);
  }
  command.socket.destroy();
  return took;
}
