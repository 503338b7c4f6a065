// The node's programs, their arguments and configuration: containerd with runc and a bridge, kubelet, kube-proxy.
// All paths outside the cluster's folder are inside the box (box.ts).
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOf } from './addresses.ts';
import type { Binaries } from './binaries.ts';
import { command } from './control-plane.ts';
import type { Layout, NodeLayout } from './layout.ts';

export const NODE_NAME = 'node';
export const PAUSE_IMAGE = 'localhost/pause:1';
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** Below the 20,000 that a machine without CAP_SYS_RESOURCE may not raise. */
const MAX_OPEN_FILES = 20_000;

type Plugins = Binaries<'bridge' | 'host-local'>;

export async function writeNodeConfig(
  binaries: Plugins & Binaries<'containerd-shim-runc-v2'>,
  layout: NodeLayout,
): Promise<void> {
  const { folder } = layout;
  const [plugins, networks] = [join(folder, 'cni/bin'), join(folder, 'cni/net.d')];
  for (const made of [plugins, networks]) await mkdir(made, { recursive: true });
  for (const name of ['bridge', 'host-local'] as const) await symlink(binaries[name], join(plugins, name));
  await writeFile(join(networks, '10-bridge.conflist'), JSON.stringify(network(layout)));
  const shim = binaries['containerd-shim-runc-v2'];
  await writeFile(join(folder, 'containerd.toml'), containerdConfig(plugins, networks, shim, layout.runc));
  await writeFile(join(folder, 'kubelet.json'), JSON.stringify(kubeletConfig(layout)));
}

export function containerd(binaries: Binaries<'containerd'>, { folder }: Layout): string[] {
  return [binaries.containerd, '--config', join(folder, 'containerd.toml'), '--log-level', 'warn'];
}

export function kubelet(binaries: Binaries<'kubelet'>, { folder, addresses }: Layout): string[] {
  return command(binaries.kubelet, {
    config: join(folder, 'kubelet.json'),
    kubeconfig: join(folder, 'kubelet.conf'),
    'hostname-override': NODE_NAME,
    'node-ip': addresses.node,
  });
}

export function kubeProxy(binaries: Binaries<'kube-proxy'>, { folder, addresses }: Layout): string[] {
  return command(binaries['kube-proxy'], {
    kubeconfig: join(folder, 'kube-proxy.conf'),
    'hostname-override': NODE_NAME,
    'proxy-mode': 'iptables',
    'cluster-cidr': addresses.pods,
    // The limits of connection tracking are the machine's, and not ours to set.
    'conntrack-max-per-core': 0,
    'conntrack-min': 0,
    'conntrack-tcp-timeout-established': 0,
    'conntrack-tcp-timeout-close-wait': 0,
  });
}

/** Without masquerading: what a pod reaches sees the pod's own address. */
function network({ addresses }: Layout): object {
  const ipam = { type: 'host-local', ranges: [[{ subnet: addresses.pods }]], routes: [{ dst: '0.0.0.0/0' }] };
  const bridge = { type: 'bridge', bridge: 'pods', isGateway: true, hairpinMode: true, ipam };
  return { cniVersion: '1.0.0', name: 'pods', plugins: [bridge] };
}

function containerdConfig(plugins: string, networks: string, shim: string, runc: string): string {
  // Strings of JSON without control characters are strings of TOML.
  const quote = (text: string) => JSON.stringify(text);
  return `version = 3
[grpc]
  address = ${quote(CONTAINERD_SOCKET)}
[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs'
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = ${quote(PAUSE_IMAGE)}
[plugins.'io.containerd.cri.v1.runtime']
  # A sandbox asks for a better standing before the OOM killer than a machine without CAP_SYS_RESOURCE may give.
  restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = [${quote(plugins)}]
  conf_dir = ${quote(networks)}
  use_internal_loopback = true
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
  runtime_path = ${quote(shim)}
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  BinaryName = ${quote(runc)}
  SystemdCgroup = false
[plugins.'io.containerd.internal.v1.opt']
  path = '/var/lib/containerd/opt'
[plugins.'io.containerd.nri.v1.nri']
  disable = true
`;
}

function kubeletConfig({ folder, addresses, index }: NodeLayout): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: addresses.node,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(folder, 'pki/ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${nameOf(index)}`,
    failCgroupV1: false,
    failSwapOn: false,
    // Pods resolve nothing: there is no DNS in the cluster and the machine's is none of their business.
    resolvConf: '',
    // Never for want of room: the node's disk is the machine's memory, shared with everything else.
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    maxOpenFiles: MAX_OPEN_FILES,
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
  };
}
