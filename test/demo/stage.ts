// Everything that must stand before the demo can play: a cluster, the collector, chaperone from its chart, a shop and the two
// agents.
import { type Collector, startCollector } from '../cluster/collector.ts';
import { agentImage } from '../cluster/images.ts';
import { create, ok, untilReady } from '../cluster/pods.ts';
import { type OwnCluster, startCluster } from '../cluster/start.ts';
import { installChaperone, SYSTEM } from '../install.ts';
import { AGENT, AGENTS, agentPod, LOOSE, POLICY, SHOP, SHOP_AND_AGENTS } from './objects.ts';

export interface Stage {
  readonly cluster: OwnCluster;
  readonly collector: Collector;
  /** Who plays: pods by name, UID and node. */
  readonly cast: readonly string[];
  /** The governed agent's pod. */
  readonly agentUid: string;
}

/** Sets the stage; `say` hears how far it is. What was started is stopped again where a part fails. */
export async function setStage(say: (line: string) => void): Promise<Stage> {
  const cluster = await startCluster({ onProgress: say });
  try {
    say('loading images');
    await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
    const collector = await startCollector(cluster, say);
    say('installing the chart with helm');
    await installChaperone(cluster, collector.endpoint);
    say('creating the shop and its agents');
    await create(cluster, ...SHOP_AND_AGENTS);
    await create(cluster, agentPod(LOOSE), POLICY);
    await create(cluster, agentPod(AGENTS));
    await Promise.all([
      untilReady(cluster, SHOP, 'web'),
      untilReady(cluster, LOOSE, AGENT),
      untilReady(cluster, AGENTS, AGENT),
    ]);
    const cast = [await podsOf(cluster, SYSTEM), await podsOf(cluster, AGENTS)].flat();
    const agentUid = await ok(
      cluster.kubectl(['get', 'pod', AGENT, '-n', AGENTS, '-o', 'jsonpath={.metadata.uid}']),
    );
    return { cluster, collector, cast, agentUid };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function podsOf(cluster: OwnCluster, namespace: string): Promise<string[]> {
  const columns = 'POD:.metadata.name,UID:.metadata.uid,NODE:.spec.nodeName';
  const argv = ['get', 'pods', '-n', namespace, '--no-headers', '-o', `custom-columns=${columns}`];
  const lines = (await ok(cluster.kubectl(argv))).trim().split('\n');
  return lines.map((line) => `${namespace.padEnd(18)}${line}`);
}
