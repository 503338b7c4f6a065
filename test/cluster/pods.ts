// The small things that tests of the cluster do with pods.
import type { Cluster } from './cluster.ts';
import { AGENT_IMAGE } from './images.ts';
import type { Outcome } from './run.ts';

/** What it said, or an error with what it complained of. */
export async function ok(call: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await call;
  if (code !== 0) throw new Error(`ended with ${code}: ${stderr || stdout}`);
  return stdout;
}

export function create(cluster: Pick<Cluster, 'kubectl'>, ...objects: readonly object[]): Promise<string> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  return ok(cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(list) }));
}

export function pod(namespace: string, name: string, container: object): object {
  const metadata = { name, namespace, labels: { app: name } };
  const containers = [{ name, imagePullPolicy: 'Never', ...container }];
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { terminationGracePeriodSeconds: 0, containers } };
}

/** A pod `agent` that waits to be told what to do by `kubectl exec`, once it is Ready. */
export async function startAgent(cluster: Cluster, namespace: string): Promise<void> {
  await create(cluster, pod(namespace, 'agent', { image: AGENT_IMAGE, args: ['-c', 'sleep infinity'] }));
  await untilReady(cluster, namespace, 'agent');
}

export async function untilReady(cluster: Cluster, namespace: string, name: string): Promise<void> {
  const wait = ['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=40s', '-n', namespace];
  const { code, stderr } = await cluster.kubectl(wait);
  if (code === 0) return;
  const described = await cluster.kubectl(['describe', 'pod', name, '-n', namespace]);
  throw new Error(`${stderr}\n${described.stdout}`);
}
