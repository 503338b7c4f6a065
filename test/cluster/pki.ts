// The cluster's certificates, keys and kubeconfigs, as kubeadm makes them: nothing about them is ours.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layout } from './layout.ts';
import { must } from './run.ts';

/** What `kubeadm init phase kubeconfig all` writes. */
const KUBECONFIGS = ['super-admin', 'admin', 'controller-manager', 'scheduler', 'kubelet'] as const;

/** Fills `<folder>/pki` and writes a kubeconfig `<folder>/<name>.conf` for each part and for the super-admin. */
export async function makePki(layout: Layout, facts: { kubeadm: string; nodeName: string }): Promise<void> {
  const { folder, endpoint } = layout;
  const { kubeadm, nodeName } = facts;
  const file = join(folder, 'kubeadm.yaml');
  const documents = configuration(layout, nodeName);
  await writeFile(file, documents.map((document) => JSON.stringify(document)).join('\n---\n'));
  await must([kubeadm, 'init', 'phase', 'certs', 'all', '--config', file]);
  await must([kubeadm, 'init', 'phase', 'kubeconfig', 'all', '--config', file, '--kubeconfig-dir', folder]);
  const user = ['kubeconfig', 'user', '--client-name', 'system:kube-proxy', '--config', file];
  await writeFile(join(folder, 'kube-proxy.conf'), await must([kubeadm, ...user]), { mode: 0o600 });
  // Some lead to the address advertised to pods, which a control plane on loopback does not answer at.
  for (const path of KUBECONFIGS.map((name) => join(folder, `${name}.conf`))) {
    const kubeconfig = await readFile(path, 'utf8');
    await writeFile(path, kubeconfig.replace(/(server: https:\/\/).*/, `$1${endpoint}`));
  }
}

function configuration({ folder, addresses, ports, endpoint }: Layout, nodeName: string): object[] {
  const apiVersion = 'kubeadm.k8s.io/v1beta4';
  return [
    {
      apiVersion,
      kind: 'InitConfiguration',
      localAPIEndpoint: { advertiseAddress: addresses.node, bindPort: ports.api },
      nodeRegistration: { name: nodeName, criSocket: 'unix:///run/containerd/containerd.sock' },
    },
    {
      apiVersion,
      kind: 'ClusterConfiguration',
      // Any of the minor version will do; without one kubeadm asks the internet.
      kubernetesVersion: 'v1.36.0',
      certificatesDir: join(folder, 'pki'),
      controlPlaneEndpoint: endpoint,
      networking: { serviceSubnet: addresses.services },
      apiServer: { certSANs: ['localhost', '127.0.0.1'] },
    },
  ];
}
