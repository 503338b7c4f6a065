// `npm run bench:streams`: what exec, attach and cp cost through a sidecar, against the same without one, in one run in turns. The
// sidecar is the bundle of `chaperone run` with the heap of the chart; kubectl, API server, kubelet and containerd are the real ones.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Door } from '../../test/adversarial/agent.ts';
import { kubeconfigOf } from '../../test/adversarial/governed.ts';
import { type Cluster, openCluster } from '../../test/cluster/cluster.ts';
import { agentImage } from '../../test/cluster/images.ts';
import { Obstacle } from '../../test/cluster/obstacle.ts';
import { startCluster } from '../../test/cluster/start.ts';
import { echoes } from '../../test/streams/echo.ts';
import { type Kubectl, kubectl, kubectls } from '../../test/streams/kubectls.ts';
import { manyStreams } from '../../test/streams/many.ts';
import { streamRunStage } from '../../test/streams/run-stage.ts';
import { POD, WEB } from '../../test/streams/stage.ts';
import { report, WAYS, type Way } from './report.ts';

const HELP = `Usage: npm run bench:streams [-- OPTION]

Measures kubectl cp, the echo of a key and the memory of many streams, through chaperone and directly.

  --quick  one short round: to see that it runs, not to be quoted
  --json   the figures as JSON
  --help   this text
`;

/** sysexits.h */
const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;

const FULL = { rounds: 5, fileBytes: 100_000_000, keys: 1000, execs: 200, watches: 500 };
const QUICK = { rounds: 1, fileBytes: 10_000_000, keys: 100, execs: 20, watches: 50 };
type Size = typeof FULL;

interface Doors {
  readonly doors: Readonly<Record<Way, Door>>;
  readonly kubeconfigs: Readonly<Record<Way, string>>;
  readonly pod: string;
}

const say = (line: string): void => void process.stderr.write(`… ${line}\n`);

/** MB a second, there and back, of one kubectl. */
async function copies(by: Kubectl, { kubeconfigs }: Doors, folder: string, { rounds, fileBytes }: Size) {
  const path = join(folder, 'file');
  await writeFile(path, randomBytes(fileBytes));
  const rates: Record<'there' | 'back', Record<Way, number[]>> = {
    there: { direct: [], through: [] },
    back: { direct: [], through: [] },
  };
  for (let round = 0; round < rounds; round += 1)
    for (const way of WAYS) {
      const timed = async (args: string[]): Promise<number> => {
        const began = performance.now();
        const { code, stderr } = await kubectl(by, { args, kubeconfig: kubeconfigs[way] });
        if (code !== 0) throw new Error(stderr);
        return fileBytes / 1000 / (performance.now() - began);
      };
      rates.there[way].push(await timed(['cp', path, `${POD}:/tmp/${way}`, '-c', WEB]));
      rates.back[way].push(await timed(['cp', `${POD}:/tmp/${way}`, join(folder, way), '-c', WEB]));
    }
  return rates;
}

async function measure(cluster: Cluster, size: Size) {
  await using run = await streamRunStage(cluster, 'bench');
  const { governed, namespace, token, pod } = run;
  const { hostname, port } = new URL(cluster.server);
  const doors = { direct: { host: hostname, port: Number(port), ca: cluster.ca, token }, through: governed };
  const folder = await mkdtemp(join(cluster.folder, 'bench-'));
  const kubeconfigs = { direct: join(folder, 'direct.conf'), through: join(folder, 'through.conf') };
  for (const way of WAYS)
    await writeFile(kubeconfigs[way], kubeconfigOf(doors[way], doors[way].ca, namespace));
  const scene: Doors = { doors, kubeconfigs, pod };

  const echo: Record<Way, number[]> = { direct: [], through: [] };
  for (let round = 0; round < size.rounds; round += 1) {
    say(`keys, round ${round + 1} of ${size.rounds}`);
    for (const way of WAYS) echo[way].push(...(await echoes(doors[way], scene.pod, size.keys)));
  }
  const [, newest, bySpdy] = await kubectls(cluster);
  const cp = [];
  for (const by of [newest, bySpdy]) {
    if (by === undefined) throw new Error('there is no kubectl');
    say(`cp of kubectl ${by.name}`);
    cp.push({ name: by.name, rates: await copies(by, scene, folder, size) });
  }
  say(`${size.execs} execs and ${size.watches} watches`);
  const beforeMiB = governed.peakRssMiB();
  const many = await manyStreams(governed, scene.pod, size);
  await many.stop();
  await rm(folder, { recursive: true });
  return { size, echo, cp, beforeMiB, peakMiB: governed.peakRssMiB() };
}

try {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else {
    const running = await startCluster({ onProgress: say });
    try {
      const cluster = await openCluster(running.folder);
      await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
      const figures = await measure(cluster, values.quick ? QUICK : FULL);
      process.stdout.write(values.json ? `${JSON.stringify(figures, null, 2)}\n` : report(figures));
    } finally {
      await running.stop();
    }
  }
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  process.stderr.write(`${message}\n`);
  if (code?.startsWith('ERR_PARSE_ARGS')) process.exitCode = EX_USAGE;
  else process.exitCode = error instanceof Obstacle ? EX_UNAVAILABLE : 1;
}
