// What must stand before anything is measured: a real cluster with a node, chaperone from its chart, a policy, and for each
// variant an agent's pod, injected by the controller as any other.
import { agentImage } from '../test/cluster/images.ts';
import { create, ok, untilReady } from '../test/cluster/pods.ts';
import { type OwnCluster, startCluster } from '../test/cluster/start.ts';
import { waitFor } from '../test/cluster/wait.ts';
import { installChaperone, SYSTEM } from '../test/install.ts';
import { AGENTS, agentPod, OBJECTS, POLICY } from './objects.ts';
import { argvOf, sidecarOf } from './process.ts';
import type { Variant } from './variants.ts';

/** In the agent's own pod, where the stub takes them. */
export const SPANS_PORT = 4318;
const SIDECAR_MS = 10_000;

/** Starts the cluster with all but the pods. */
export async function setStage(say: (line: string) => void): Promise<OwnCluster> {
  const cluster = await startCluster({ onProgress: say });
  try {
    say('installing the chart with helm');
    await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
    await installChaperone(cluster, `http://127.0.0.1:${SPANS_PORT}`);
    await create(cluster, ...OBJECTS);
    await create(cluster, POLICY);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** What the chart says of every sidecar: the one variable of the controller. */
interface SidecarConfig {
  readonly command: readonly string[];
  readonly otlpEndpoint?: string;
}

export async function shippedConfig(cluster: OwnCluster): Promise<SidecarConfig> {
  const path = `{.spec.template.spec.containers[0].env[?(@.name=="CHAPERONE_SIDECAR")].value}`;
  const get = ['get', 'deployment', 'chaperone', '-n', SYSTEM, '-o', `jsonpath=${path}`];
  return JSON.parse(await ok(cluster.kubectl(get))) as SidecarConfig;
}

/** Has the controller inject this from now on: its old pods must have ended, or one of them still would. */
async function reconfigure(cluster: OwnCluster, config: SidecarConfig): Promise<void> {
  const kubectl = (...args: readonly string[]) => ok(cluster.kubectl([...args, '-n', SYSTEM]));
  const old = (await kubectl('get', 'pods', '-o', 'name')).trim().split('\n');
  await kubectl('set', 'env', 'deployment/chaperone', `CHAPERONE_SIDECAR=${JSON.stringify(config)}`);
  await kubectl('rollout', 'status', 'deployment/chaperone', '--timeout=60s');
  await kubectl('wait', '--for=delete', ...old, '--timeout=60s');
}

/** A pod whose sidecar is that variant, once it is ready; answers with the sidecar's process. */
export async function startPod(
  cluster: OwnCluster,
  shipped: SidecarConfig,
  { name, change }: Variant,
): Promise<number> {
  const config = change(shipped);
  if (config !== shipped) await reconfigure(cluster, config);
  await create(cluster, agentPod(name));
  await untilReady(cluster, AGENTS, name);
  const uid = await ok(cluster.kubectl(['get', 'pod', name, '-n', AGENTS, '-o', 'jsonpath={.metadata.uid}']));
  const probe = () => sidecarOf(uid);
  const pid = await waitFor({ what: `the sidecar of ${name}`, timeoutMs: SIDECAR_MS, probe });
  const argv = (await argvOf(pid)).join(' ');
  if (argv !== config.command.join(' ')) throw new Error(`${name} runs as ${argv}`);
  return pid;
}
