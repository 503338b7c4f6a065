// A controller as a process on this machine, against an API server without nodes: it says how policies and Grants stand, and
// nothing waits for it.
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { type Controller, startController } from '../../controller/controller.ts';
import { connect } from '../../controller/kube/api.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { SYSTEM } from '../install.ts';

/** Of loopback's many on Linux, one that nothing else listens on. */
const ADDRESS = process.platform === 'linux' ? '127.61.44.5' : '127.0.0.1';

/** Its ServiceAccount, and its Service: the chart's. */
export const CONTROLLER = 'chaperone';

/** `kubeconfig`: of its ServiceAccount, which alone may write statuses. The kinds and the chart's RBAC must be there. */
export async function startBareController(cluster: Cluster, kubeconfig: string): Promise<Controller> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const config = {
    namespace: SYSTEM,
    serviceAccount: CONTROLLER,
    pod: 'bare',
    address: ADDRESS,
    service: CONTROLLER,
    webhooks: 'chaperone',
    sidecar: {
      image: 'localhost/chaperone:none',
      imagePullPolicy: 'Never' as const,
      command: ['node'],
      resources: { limits: { memory: '64Mi' }, requests: {} },
    },
    recordings: { folder: join(cluster.folder, 'recordings'), maxBytes: 2 ** 26, port: 0 },
    apiServer: cluster.server,
  };
  // What it misses are the webhook configurations, which nothing could call here.
  const log = createLogger({ component: 'controller', write: () => {} });
  return startController({ config, kube: await connect(kubeConfig), log });
}
