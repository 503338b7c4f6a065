// A stage of the demo's own: a cluster with a node on this machine, the collector, chaperone from its chart, the shop and the
// two agents.
import { startCollector } from '../cluster/collector.ts';
import { AGENT_IMAGE, agentImage } from '../cluster/images.ts';
import { create } from '../cluster/pods.ts';
import { startCluster } from '../cluster/start.ts';
import { installChaperone, SYSTEM } from '../install.ts';
import { liveSignature } from './credential-search.ts';
import { AGENT, PLAIN_NAMES } from './names.ts';
import { castOf, inPods, setUp } from './pods.ts';
import { replayOf } from './replay.ts';
import type { Stage } from './stage.ts';

/** Sets the stage; `say` hears how far it is. What was started is stopped again where a part fails. */
export async function setOwnStage(say: (line: string) => void): Promise<Stage> {
  const cluster = await startCluster({ onProgress: say });
  try {
    const { kubectl, programs, audit, kubeconfig, stop } = cluster;
    say('loading images');
    await cluster.loadImages([await agentImage(programs.kubectl)]);
    const collector = await startCollector(cluster, say);
    say('installing the chart with helm');
    await installChaperone(cluster, collector.endpoint);
    say('creating the shop and its agents');
    const names = PLAIN_NAMES;
    await setUp({ kubectl, names, image: AGENT_IMAGE, reach: 'cluster', say });
    return {
      ...(await inPods(kubectl, names)),
      names,
      cast: await castOf(kubectl, [SYSTEM, names.agents]),
      reach: 'cluster',
      kubectl,
      give: async (grant) => void (await create(cluster, grant)),
      pods: {
        signature: await liveSignature(kubectl, names.agents),
        replay: replayOf(SYSTEM, ['--kubeconfig', kubeconfig]),
      },
      audit,
      collector,
      bare: false,
      stop,
      playOn: [
        `export KUBECONFIG=${kubeconfig}`,
        `${programs.kubectl} exec -it -n ${names.agents} ${AGENT} -c agent -- sh`,
      ],
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
