// How long a sidecar takes to serve: at its pod's start, by its own log, and when it comes back after a crash, by starting
// it again and again as the kubelet would, from what it kept.
import type { Cluster } from '../test/cluster/cluster.ts';
import { ok } from '../test/cluster/pods.ts';
import { AGENTS } from './objects.ts';
import { ageMs, argvOf, environmentOf } from './process.ts';
import { startUntil, WITH_US } from './programs.ts';
import { type Summary, summarize } from './statistics.ts';

const SIDECAR_ID = 61_443;
const SERVING = /"message":"serving"/;

/** From the start of the process until it served, enrolment and both its keys included; to about ten milliseconds. */
export async function firstStartMs(cluster: Cluster, pod: string, pid: number): Promise<number> {
  const log = await ok(cluster.kubectl(['logs', pod, '-n', AGENTS, '-c', 'chaperone']));
  const line = log.split('\n').find((each) => SERVING.test(each));
  if (line === undefined) throw new Error(`the sidecar of ${pod} never said that it serves`);
  const { time } = JSON.parse(line) as { time: string };
  return Date.parse(time) - (Date.now() - (await ageMs(pid)));
}

/**
 * From spawn until it serves, of a second sidecar in the pod's mounts and a network of its own, where no controller can be
 * asked: so starts one that was there before.
 */
export async function restartMs(pid: number, times: number): Promise<Summary> {
  const [argv, env] = [await argvOf(pid), await environmentOf(pid)];
  const network = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && echo ready && exec sleep infinity'];
  await using alone = await startUntil([...WITH_US, ...network], /^ready$/m);
  const enter = ['nsenter', `--net=/proc/${alone.pid}/ns/net`, `--mount=/proc/${pid}/ns/mnt`];
  const command = [...WITH_US, ...enter, '-S', `${SIDECAR_ID}`, '-G', `${SIDECAR_ID}`, '--', ...argv];
  const took: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const path = { PATH: `${env.PATH}:${process.env.PATH}` };
    await using again = await startUntil(command, SERVING, { ...env, ...path });
    took.push(again.readyMs);
  }
  return summarize(took);
}
