// A stage where this machine can host no node: a control plane alone. The agent's kubectl runs here, by `chaperone run`; what
// needs a pod is left out, and what shows without one is played too.
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { startCollector } from '../cluster/collector.ts';
import { create, ok } from '../cluster/pods.ts';
import { startCluster } from '../cluster/start.ts';
import { SYSTEM } from '../install.ts';
import { kubeconfigOf } from './account-kubeconfig.ts';
import { saidOf } from './actor.ts';
import { CONTROLLER, startBareController } from './bare-controller.ts';
import { startGovernedRun } from './governed-run.ts';
import { ACCOUNT, AGENT, type Names, PLAIN_NAMES } from './names.ts';
import { agentPod, shopAndAgents } from './objects.ts';
import { policy } from './rules.ts';
import type { Stage, Voice } from './stage.ts';

const CHART = join(import.meta.dirname, '../../charts/chaperone');
/** No node will ever look for it. */
const NO_IMAGE = 'nowhere';

/** `why`: what keeps this machine from hosting a node. */
export async function setStageWithoutNode(why: string, say: (line: string) => void): Promise<Stage> {
  const cluster = await startCluster({ node: false, onProgress: say });
  try {
    const { kubectl, programs, audit, kubeconfig, folder } = cluster;
    const names = PLAIN_NAMES;
    const collector = await startCollector(cluster, say);
    say('installing the kinds and the static policies of the chart, and a controller beside them');
    await ok(kubectl(['create', 'namespace', SYSTEM]));
    for (const template of ['crds', 'rbac', 'service']) await apply(cluster, template);
    await ok(kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=20s']));
    await create(cluster, ...shopAndAgents(names, NO_IMAGE, 'cluster'), agentPod(names.agents, NO_IMAGE));
    await apply(cluster, 'admission/*');
    await create(cluster, policy(names));
    const controller = await startBareController(cluster, await kubeconfigOf(cluster, SYSTEM, CONTROLLER));
    say('starting chaperone run');
    const [loose, real] = await Promise.all([
      kubeconfigOf(cluster, names.loose, ACCOUNT),
      kubeconfigOf(cluster, names.agents, ACCOUNT),
    ]);
    const governed = await startGovernedRun({
      folder,
      kubeconfig: real,
      policy: policy(names),
      otlpEndpoint: collector.endpoint,
    });
    const uid = ['get', 'pod', AGENT, '-n', names.agents, '-o', 'jsonpath={.metadata.uid}'];
    return {
      names,
      cast: castOf(cluster, names),
      reach: 'cluster',
      kubectl,
      loose: voice(cluster, loose),
      governed: voice(cluster, governed.kubeconfig),
      agentUid: await ok(kubectl(uid)),
      give: governed.give,
      revoke: governed.revoke,
      records: async () => ({
        command: 'chaperone run --policy triage.yaml | grep database',
        text: governed.records(),
      }),
      pods: { missing: why },
      bare: true,
      audit,
      collector,
      async stop() {
        await governed.stop();
        await controller.stop();
        await cluster.stop();
      },
      playOn: [
        `export KUBECONFIG=${governed.kubeconfig}   # the agent's; a person's is ${kubeconfig}`,
        `${programs.kubectl} get pods -n ${names.shop}`,
      ],
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** What templates of the chart hold: `template` is a path, `*` any name. */
async function apply({ helm, kubectl }: Cluster, template: string): Promise<void> {
  const show = ['--show-only', `templates/${template}.yaml`, '--namespace', SYSTEM];
  const input = await ok(helm(['template', 'chaperone', CHART, ...show]));
  await ok(kubectl(['create', '-f', '-'], { input }));
}

const voice =
  ({ kubectl }: Cluster, kubeconfig: string): Voice =>
  async (argv) =>
    saidOf(await kubectl(argv, { kubeconfig }));

const castOf = ({ server }: Cluster, { loose, agents }: Names): string[] => [
  `the API server      ${server}, without a node`,
  `before              kubectl on this machine, as ServiceAccount ${loose}/${ACCOUNT}`,
  `after               kubectl behind chaperone run, which is ServiceAccount ${agents}/${ACCOUNT}`,
];
