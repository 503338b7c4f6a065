// The API server itself, with the agent's real credential: what an answer would be without a sidecar between.
import type { Cluster } from '../cluster/cluster.ts';
import { type Agent, agentOf } from './agent.ts';
import type { Governed } from './governed.ts';

/** To be closed. */
export function direct(
  { server, ca }: Pick<Cluster, 'server' | 'ca'>,
  { realToken }: Pick<Governed, 'realToken'>,
): Agent {
  const { hostname, port } = new URL(server);
  return agentOf({ host: hostname, port: Number(port), ca, token: realToken });
}
