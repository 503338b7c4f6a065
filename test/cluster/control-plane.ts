// The control plane's programs and their arguments: etcd, kube-apiserver, kube-controller-manager, kube-scheduler.
// What is set here is what a cluster of kubeadm would have; what differs says why.
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import type { Layout } from './layout.ts';

export type Flags = Readonly<Record<string, string | number | boolean>>;

export function etcd(binaries: Binaries<'etcd'>, { folder, ports, etcdData }: Layout): string[] {
  const pki = (name: string) => join(folder, 'pki', name);
  const clients = `https://127.0.0.1:${ports.etcd}`;
  const peers = `http://127.0.0.1:${ports.etcdPeer}`;
  return command(binaries.etcd, {
    'data-dir': etcdData,
    'listen-client-urls': clients,
    'advertise-client-urls': clients,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `default=${peers}`,
    'client-cert-auth': true,
    'trusted-ca-file': pki('etcd/ca.crt'),
    'cert-file': pki('etcd/server.crt'),
    'key-file': pki('etcd/server.key'),
    // The data lives as long as the cluster; syncing it to a disk would only make it slow.
    'unsafe-no-fsync': true,
    'log-level': 'warn',
  });
}

export function apiServer(
  binaries: Binaries<'kube-apiserver'>,
  { folder, addresses, ports }: Layout,
  more: Flags = {},
): string[] {
  const pki = (name: string) => join(folder, 'pki', name);
  return command(binaries['kube-apiserver'], {
    'advertise-address': addresses.node,
    'secure-port': ports.api,
    'etcd-servers': `https://127.0.0.1:${ports.etcd}`,
    'etcd-cafile': pki('etcd/ca.crt'),
    'etcd-certfile': pki('apiserver-etcd-client.crt'),
    'etcd-keyfile': pki('apiserver-etcd-client.key'),
    'tls-cert-file': pki('apiserver.crt'),
    'tls-private-key-file': pki('apiserver.key'),
    'client-ca-file': pki('ca.crt'),
    'kubelet-client-certificate': pki('apiserver-kubelet-client.crt'),
    'kubelet-client-key': pki('apiserver-kubelet-client.key'),
    'kubelet-preferred-address-types': 'InternalIP',
    'proxy-client-cert-file': pki('front-proxy-client.crt'),
    'proxy-client-key-file': pki('front-proxy-client.key'),
    'requestheader-client-ca-file': pki('front-proxy-ca.crt'),
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': pki('sa.pub'),
    'service-account-signing-key-file': pki('sa.key'),
    'service-cluster-ip-range': addresses.services,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': true,
    'audit-policy-file': join(folder, 'audit-policy.json'),
    'audit-log-path': join(folder, 'audit.log'),
    // In megabytes. The log is read as one file (audit.ts): it must not be rotated away.
    'audit-log-maxsize': 10_000,
    ...more,
  });
}

/** Every call, once when it is over and, if it lasts, once when it begins to answer. */
export const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

export function controllerManager(
  binaries: Binaries<'kube-controller-manager'>,
  { folder, addresses, ports }: Layout,
): string[] {
  const pki = (name: string) => join(folder, 'pki', name);
  return command(binaries['kube-controller-manager'], {
    ...asClient(folder, 'controller-manager'),
    'bind-address': '127.0.0.1',
    'secure-port': ports.manager,
    'leader-elect': false,
    'root-ca-file': pki('ca.crt'),
    'client-ca-file': pki('ca.crt'),
    'requestheader-client-ca-file': pki('front-proxy-ca.crt'),
    'service-account-private-key-file': pki('sa.key'),
    'cluster-signing-cert-file': pki('ca.crt'),
    'cluster-signing-key-file': pki('ca.key'),
    'service-cluster-ip-range': addresses.services,
    'use-service-account-credentials': true,
    // At its usual pace the first ServiceAccount appears five seconds late.
    'kube-api-qps': 300,
    'kube-api-burst': 600,
  });
}

export function scheduler(binaries: Binaries<'kube-scheduler'>, { folder }: Layout): string[] {
  return command(binaries['kube-scheduler'], {
    ...asClient(folder, 'scheduler'),
    'bind-address': '127.0.0.1',
    'leader-elect': false,
    'kube-api-qps': 300,
    'kube-api-burst': 600,
  });
}

function asClient(folder: string, name: string): Flags {
  const kubeconfig = join(folder, `${name}.conf`);
  return { kubeconfig, 'authentication-kubeconfig': kubeconfig, 'authorization-kubeconfig': kubeconfig };
}

export function command(program: string, flags: Flags): string[] {
  return [program, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
}
