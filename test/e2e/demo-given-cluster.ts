// A cluster of other people: a real one of its own, reached only through a context of its kubeconfig, with both images on its
// node.
import { AGENT_IMAGE, agentImage } from '../cluster/images.ts';
import { ok } from '../cluster/pods.ts';
import { type OwnCluster, startCluster } from '../cluster/start.ts';
import { chaperoneImage } from '../install.ts';
import { type Demo, startDemo } from './demo-fixture.ts';

export const CONTEXT = 'kubernetes-super-admin@kubernetes';
export const IMAGE = 'localhost/chaperone:test';

const KINDS = [
  ...['namespaces', 'crd', 'clusterroles', 'clusterrolebindings', 'mutatingwebhookconfigurations'],
  ...['validatingwebhookconfigurations', 'validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
];

export interface GivenCluster {
  readonly cluster: OwnCluster;
  /** What it said; throws where it failed. */
  kubectl(...args: string[]): Promise<string>;
  /** All that a guest could leave: what lies in no namespace, and the namespaces themselves. */
  everything(): Promise<string>;
  /** The demo in it, with these options too. */
  play(...more: string[]): Demo;
}

export async function givenCluster(): Promise<GivenCluster> {
  const cluster = await startCluster();
  try {
    await cluster.loadImages([await agentImage(cluster.programs.kubectl), await chaperoneImage()]);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  const kubectl = (...args: string[]) => ok(cluster.kubectl(args));
  const there = ['--context', CONTEXT, '--kubeconfig', cluster.kubeconfig, '--agent-image', AGENT_IMAGE];
  return {
    cluster,
    kubectl,
    everything: () => kubectl('get', KINDS.join(), '-o', 'name'),
    play: (...more) => startDemo([...there, ...more]),
  };
}
