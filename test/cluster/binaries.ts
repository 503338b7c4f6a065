// Which programs a cluster is made of and where each comes from: the machine's own where its version fits
// ($KUBEBUILDER_ASSETS, then PATH), else our cache, else built there from the pinned modules in modules/.
import { type Build, provide } from './build.ts';
import { findAll } from './executable.ts';
import { run } from './run.ts';

const KUBERNETES = /v1\.36\.\d+/;

/** `fits` is looked for in what the program answers to `version`; without it only our own build will do. */
interface Program extends Build {
  readonly version?: readonly string[];
  readonly fits?: RegExp;
}

const kubernetes = (name: string): Program => ({
  module: 'kubernetes',
  package: `k8s.io/kubernetes/cmd/${name}`,
  version: ['--version'],
  fits: KUBERNETES,
});
const containerd = (name: string): Program => ({
  module: 'containerd',
  package: `github.com/containerd/containerd/v2/cmd/${name}`,
});
const cni = (name: string): Program => ({
  module: 'cni',
  package: `github.com/containernetworking/plugins/plugins/${name}`,
});

const PROGRAMS = {
  etcd: {
    module: 'kubernetes',
    package: 'go.etcd.io/etcd/server/v3',
    version: ['--version'],
    fits: /etcd Version: 3\.6\.\d+/,
  },
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  kubeadm: { ...kubernetes('kubeadm'), version: ['version', '--output=short'] },
  kubectl: { ...kubernetes('kubectl'), version: ['version', '--client'] },
  'kubectl-1.29': {
    module: 'kubectl-1.29',
    package: 'k8s.io/kubernetes/cmd/kubectl',
  },
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubelet: kubernetes('kubelet'),
  'kube-proxy': kubernetes('kube-proxy'),
  containerd: containerd('containerd'),
  'containerd-shim-runc-v2': containerd('containerd-shim-runc-v2'),
  ctr: containerd('ctr'),
  bridge: cni('main/bridge'),
  'host-local': cni('ipam/host-local'),
  pause: { module: 'pause', package: '.' },
  collector: { module: 'collector', package: '.' },
  'client-go': { module: 'client-go', package: '.' },
  helm: {
    module: 'helm',
    package: 'helm.sh/helm/v4/cmd/helm',
    version: ['version', '--short'],
    fits: /v4\.3\.\d+/,
  },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;
export type Binaries<Name extends ProgramName = ProgramName> = Readonly<Record<Name, string>>;

export const CONTROL_PLANE = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubeadm',
  'kubectl',
  'helm',
] as const satisfies readonly ProgramName[];

export const WITH_NODE = [
  ...CONTROL_PLANE,
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'containerd',
  'containerd-shim-runc-v2',
  'ctr',
  'bridge',
  'host-local',
  'pause',
] as const satisfies readonly ProgramName[];

export type PlaneBinaries = Binaries<(typeof CONTROL_PLANE)[number]>;
export type NodeBinaries = Binaries<(typeof WITH_NODE)[number]>;

/** The path of each program asked for. Building takes minutes, once: `onProgress` hears of it every few seconds. */
export async function provideBinaries<Name extends ProgramName>(
  names: readonly Name[],
  onProgress: (line: string) => void,
): Promise<Binaries<Name>> {
  const installed = await Promise.all(names.map(async (name) => [name, await findInstalled(name)] as const));
  const toBuild = installed.flatMap(([name, path]) => (path === undefined ? [name] : []));
  const built = await provide(Object.fromEntries(toBuild.map((name) => [name, PROGRAMS[name]])), onProgress);
  const paths = installed.map(([name, path]) => [name, path ?? built[name]]);
  return Object.fromEntries(paths) as Binaries<Name>;
}

async function findInstalled(name: ProgramName): Promise<string | undefined> {
  const { version, fits }: Program = PROGRAMS[name];
  if (version === undefined || fits === undefined) return undefined;
  for (const path of await findAll(name)) {
    const said = await run([path, ...version]).catch(() => undefined);
    if (said?.code === 0 && fits.test(said.stdout)) return path;
  }
  return undefined;
}
