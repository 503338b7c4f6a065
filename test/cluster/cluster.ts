// A real Kubernetes cluster: started in seconds, used by its handle, gone without a trace when stopped or when the
// process that started it ends in any way. Several stand side by side.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image } from '../image/docker-archive.ts';
import { witness } from '../search/witness.ts';
import { type Audit, readAudit } from './audit.ts';
import type { Binaries } from './binaries.ts';
import { inside } from './box.ts';
import { type Component, componentOf } from './components.ts';
import { CONTAINERD_SOCKET } from './node.ts';
import { must, type Outcome, type RunOptions, run } from './run.ts';

const DESCRIPTION = 'cluster.json';
/** Clients keep nothing from one call to the next: no stale discovery, no file that outlives the cluster. */
const NO_CACHE = '/dev/null/none';
/** The commands that show what a container said. */
const OF_CONTAINERS = new Set(['exec', 'attach', 'logs']);

/** What is written about a running cluster to its folder, so that another process can take it up. */
export interface Description {
  /** `https://address:port`, reached from the machine and from pods alike. */
  readonly server: string;
  /** The address at which pods (and webhooks by URL) reach the machine, where tests listen. */
  readonly hostAddress: string;
  readonly box?: number;
  readonly binaries: Binaries<'kubectl' | 'helm'> & Partial<Binaries<'ctr'>>;
}

export interface ClientOptions extends RunOptions {
  readonly kubeconfig?: string;
  /**
   * What an agent may be shown of the suite's seeds; 'everything': this is none. Whoever is not the super-admin is taken for
   * one, and so is what a container printed or was asked by exec (test/search/).
   */
  readonly reveals?: readonly string[] | 'everything';
}

export interface Cluster extends Omit<Description, 'box' | 'binaries'> {
  /** The paths of the clients, as unmodified programs of the version of the cluster. */
  readonly programs: Binaries<'kubectl' | 'helm'>;
  readonly folder: string;
  /** The path of the super-admin's kubeconfig. */
  readonly kubeconfig: string;
  /** The cluster's CA certificate, PEM. */
  readonly ca: string;
  /** What really arrived at the API server. */
  readonly audit: Audit;
  /** As the super-admin, unless another kubeconfig is given. */
  kubectl(args: readonly string[], options?: ClientOptions): Promise<Outcome>;
  helm(args: readonly string[], options?: ClientOptions): Promise<Outcome>;
  /** etcd, kube-apiserver, kube-controller-manager; on a node kube-scheduler, containerd, kubelet, kube-proxy too. */
  component(name: string): Component;
  /** Puts images on the node; pods use them with `imagePullPolicy: Never`. */
  loadImages(images: readonly Image[]): Promise<void>;
}

export async function readDescription(folder: string): Promise<Description> {
  return JSON.parse(await readFile(join(folder, DESCRIPTION), 'utf8')) as Description;
}

export async function describeCluster(folder: string, description: Description): Promise<void> {
  await writeFile(join(folder, DESCRIPTION), JSON.stringify(description));
}

/** The handle of a running cluster, in any process of its machine. */
export async function openCluster(folder: string): Promise<Cluster> {
  const { server, hostAddress, box, binaries } = await readDescription(folder);
  const kubeconfig = join(folder, 'super-admin.conf');
  const tool =
    (name: 'kubectl' | 'helm') =>
    async (args: readonly string[], { reveals = [], ...options }: ClientOptions = {}) => {
      const home = { HOME: folder, KUBECACHEDIR: NO_CACHE, KUBECONFIG: options.kubeconfig ?? kubeconfig };
      const { PATH } = process.env;
      const outcome = await run([binaries[name], ...args], {
        ...options,
        env: { PATH, ...home, ...options.env },
      });
      const isAgents = options.kubeconfig !== undefined || OF_CONTAINERS.has(args[0] ?? '');
      if (isAgents && reveals !== 'everything') {
        witness([name, ...args].join(' '), reveals)(`${outcome.stdout}\n${outcome.stderr}`);
      }
      return outcome;
    };
  const loadImages = async (images: readonly Image[]) => {
    if (box === undefined || binaries.ctr === undefined) throw new Error('this cluster has no node');
    const ctr = [...inside(box), binaries.ctr, '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io'];
    for (const { archive } of images) await must([...ctr, 'images', 'import', '-'], { input: archive });
  };
  return {
    folder,
    kubeconfig,
    server,
    hostAddress,
    programs: { kubectl: binaries.kubectl, helm: binaries.helm },
    ca: await readFile(join(folder, 'pki/ca.crt'), 'utf8'),
    audit: readAudit(join(folder, 'audit.log')),
    kubectl: tool('kubectl'),
    helm: tool('helm'),
    component: (name) => componentOf(folder, name),
    loadImages,
  };
}
