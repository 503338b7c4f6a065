// The whole of a measurement, in its order: the stage, every load with the stub behind, what each process weighs, and at last
// latency with the real API server behind.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OwnCluster } from '../test/cluster/start.ts';
import { LOADS, ONE_AT_A_TIME } from './loads.ts';
import { bundle } from './programs.ts';
import type { Figures } from './report.ts';
import { measureAll, type Placed, type Plan } from './rounds.ts';
import { setStage, shippedConfig, startPod } from './stage.ts';
import { openStand, type Stand } from './stand.ts';
import { firstStartMs } from './startup.ts';
import { COMPARED, SHIPPED } from './variants.ts';
import { idleMemory, weigh } from './weights.ts';
import type { Timing } from './window.ts';

export interface Options extends Timing {
  readonly rounds: number;
  /** Beside the shipped sidecar: with the other heap, and without spans. */
  readonly compare: boolean;
  readonly restarts: number;
  readonly say: (line: string) => void;
}

export async function bench(options: Options): Promise<Figures> {
  const { say, restarts, rounds, windowMs } = options;
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-bench-'));
  await using up = new AsyncDisposableStack();
  up.defer(() => rm(folder, { recursive: true }));
  const cluster = await setStage(say);
  up.defer(() => cluster.stop());
  const programs = await bundle(folder);
  const plan: Plan = { ...options, program: programs.load };

  const shipped = await shippedConfig(cluster);
  const stands: Stand[] = [];
  for (const variant of [SHIPPED, ...(options.compare ? COMPARED : [])]) {
    say(`starting a pod: ${variant.name}`);
    const pid = await startPod(cluster, shipped, variant);
    stands.push(await openStand({ cluster, programs, folder, name: variant.name, pid }));
  }
  const placed = [
    ...(await compared(stands, up)),
    ...stands.map(({ sidecar: subject, pid: netns }) => ({ subject, netns })),
  ];

  const idle = await idleMemory(placed);
  // Before any load: a record a call soon fills the log, and the kubelet turns it over.
  const firstStart = new Map<string, number>();
  for (const { sidecar, pid } of stands)
    firstStart.set(sidecar.name, await firstStartMs(cluster, sidecar.name, pid));
  const stubbed = await withStub(stands, async () => {
    const cells = await measureAll(LOADS, placed, plan);
    say('memory and start');
    const parts = { idle, firstStartMs: firstStart, program: programs.load, restarts };
    const weights = [];
    for (const each of placed) weights.push((await weigh(each, parts)) ?? []);
    return { cells, weights: weights.flat() };
  });
  say('with the real API server behind');
  const real = await measureAll([ONE_AT_A_TIME], placed, plan);
  return { ...(await described(cluster)), rounds, windowMs, ...stubbed, real };
}

/** What stands beside the first sidecar, to compare with. */
async function compared([first]: readonly Stand[], up: AsyncDisposableStack): Promise<Placed[]> {
  if (first === undefined) throw new RangeError('there is no sidecar');
  const proxies = [await first.nginx(), await first.bare()].filter((proxy) => proxy !== undefined);
  for (const proxy of proxies) up.use(proxy);
  return [first.direct, ...proxies].map((subject) => ({ subject, netns: first.pid }));
}

async function withStub<T>(stands: readonly Stand[], work: () => Promise<T>): Promise<T> {
  await using stubs = new AsyncDisposableStack();
  for (const stand of stands) stubs.use(await stand.stub());
  return await work();
}

async function described(cluster: OwnCluster): Promise<Pick<Figures, 'date' | 'machine' | 'versions'>> {
  const [{ model } = { model: 'unknown' }, ...others] = cpus();
  const { stdout } = await cluster.kubectl(['version', '-o', 'json']);
  const { serverVersion } = JSON.parse(stdout) as { serverVersion: { gitVersion: string } };
  return {
    date: new Date().toISOString(),
    machine: `${others.length + 1} × ${model.trim()}, Linux ${release()}`,
    versions: `Node ${process.versions.node}, Kubernetes ${serverVersion.gitVersion.slice(1)}`,
  };
}
