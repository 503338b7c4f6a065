// What goes on while something fails: an agent that calls without end and counts, and pods that are created without end.
import type { Cluster } from '../cluster/cluster.ts';
import { ok } from '../cluster/pods.ts';
import { agentPod, type Crew } from '../e2e/pod-fixture.ts';

export interface Calls {
  /** Ends them: how many there were, and what those that failed said. */
  stop(): Promise<{ readonly calls: number; readonly failed: string }>;
}

/** An agent lists the pods of its shop, one call after the other, by the kubectl in its container. */
export async function agentCalls(cluster: Cluster, agents: Crew, pod: string): Promise<Calls> {
  const sh = (script: string) =>
    ok(cluster.kubectl(['exec', '-n', agents.name, pod, '-c', 'agent', '--', 'sh', '-c', script]));
  const [stop, calls, failed] = ['stop', 'calls', 'failed'].map((name) => `/dev/shm/${name}`);
  const call = `kubectl get --raw /api/v1/namespaces/${agents.shop}/pods`;
  const loop = `while [ ! -e ${stop} ]; do echo >> ${calls}; ${call} 2>> ${failed} || echo "ended with $?" >> ${failed}; done`;
  await sh(`set -e; rm -f ${stop}; : > ${calls}; : > ${failed}; (${loop}) > /dev/null 2>&1 < /dev/null &`);
  return {
    async stop() {
      const said = await sh(`set -e; : > ${stop}; wc -l < ${calls}; cat ${failed}`);
      const [count = '', ...failures] = said.split('\n');
      return { calls: Number(count), failed: failures.join('\n').trim() };
    },
  };
}

export interface Creation {
  /** When it was asked for, monotonic ms. */
  readonly atMs: number;
  /** Why it was not; empty where it was. */
  readonly why: string;
}

/** Has pods of an agent decided, one after the other and without keeping them, until told to end. */
export function podCreations(cluster: Cluster, agents: Crew): { stop(): Promise<readonly Creation[]> } {
  const creations: Creation[] = [];
  let isOver = false;
  const input = JSON.stringify(agentPod(agents.name, 'decided'));
  const going = (async () => {
    while (!isOver) {
      const atMs = performance.now();
      const { code, stderr } = await cluster.kubectl(['create', '--dry-run=server', '-f', '-'], { input });
      creations.push({ atMs, why: code === 0 ? '' : stderr });
    }
  })();
  return {
    async stop() {
      isOver = true;
      await going;
      return creations;
    },
  };
}
