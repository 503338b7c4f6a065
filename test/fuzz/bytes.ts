// One run: attacks side by side for a time, a client that behaves beside them, and the verdict.
import { agentOf } from '../adversarial/agent.ts';
import type { AuditEvent } from '../cluster/audit.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { behave } from './bystander.ts';
import { MAX_RSS_MIB, startGoverned } from './governed.ts';
import { MARK, plan } from './plan.ts';
import { randomOf } from './random.ts';
import { openScene } from './scene.ts';
import { strike } from './strike.ts';

/** Attacks at one moment. */
const LANES = 12;
const CALM = 'calm';
const MARKED = new RegExp(`${MARK}(\\d+)`);

export interface Verdict {
  readonly connections: number;
  readonly bytes: number;
  /** Calls that the API server saw and the client that behaves did not make. */
  readonly reachedUpstream: number;
  /** Nothing starts the process again: 1 is where it ended. */
  readonly restarts: number;
  readonly peakRssMiB: number;
}

export interface Outcome {
  readonly verdict: Verdict;
  /** Of the client that behaves. */
  readonly calls: number;
  /** What went wrong, each in a sentence; empty: nothing. */
  readonly faults: readonly string[];
}

/** `seconds` are those of the attacks: starting and judging come on top. */
export async function fuzzBytes(cluster: Cluster, seconds: number, seed: number): Promise<Outcome> {
  await using scene = await openScene(cluster);
  await using governed = await startGoverned(cluster, scene.namespace, scene.token);
  const collection = `/api/v1/namespaces/${scene.namespace}/configmaps`;
  const agent = agentOf(governed);
  const over = AbortSignal.timeout(seconds * 1000);
  const attacks = plan(randomOf(seed), governed.token, { permitted: `${collection}/`, refused: '/logs/' });
  const names: string[] = [];
  let bytes = 0;
  const lane = async (): Promise<void> => {
    while (!over.aborted && governed.ended() === undefined) {
      const attack = attacks.next().value;
      names.push(attack.name);
      bytes += await strike(governed.port, attack);
    }
  };
  const calm = behave(agent, collection, CALM, over);
  await Promise.all(Array.from({ length: LANES }, lane));
  const { calls, unanswered } = await calm;
  agent.close();

  const ended = governed.ended();
  const peakRssMiB = governed.peakRssMiB();
  const arrived = await scene.arrived();
  const others = arrived.filter(
    ({ requestURI, userAgent }) =>
      !(requestURI === collection || requestURI === `${collection}/${CALM}`) || userAgent?.includes(MARK),
  );
  const nameOf = ({ requestURI, userAgent }: AuditEvent): string =>
    names[Number(MARKED.exec(`${requestURI} ${userAgent}`)?.[1])] ?? `${userAgent}`;
  const doubled = arrived.length - others.length - calls;
  const faults = [
    ...(ended === undefined ? [] : [`the process ended with ${ended}`]),
    ...(peakRssMiB <= MAX_RSS_MIB ? [] : [`the process took ${peakRssMiB} MiB, and may take ${MAX_RSS_MIB}`]),
    ...unanswered,
    ...others.map((event) => `${event.verb} ${event.requestURI} reached the API server: ${nameOf(event)}`),
    ...(doubled > 0 ? [`${doubled} more calls of the client that behaves arrived than it made`] : []),
  ];
  const reachedUpstream = others.length + Math.max(doubled, 0);
  const restarts = ended === undefined ? 0 : 1;
  return {
    verdict: { connections: names.length, bytes, reachedUpstream, restarts, peakRssMiB },
    calls,
    faults,
  };
}
