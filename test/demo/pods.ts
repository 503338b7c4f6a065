// Agents that run in pods of a cluster with chaperone in it, and how they are spoken to.
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster/cluster.ts';
import { Obstacle } from '../cluster/obstacle.ts';
import { create, ok } from '../cluster/pods.ts';
import { tellEveryFewSeconds } from '../cluster/progress.ts';
import { saidOf } from './actor.ts';
import { AGENT, type Names } from './names.ts';
import { agentPod, type Reach, shopAndAgents } from './objects.ts';
import { policy } from './rules.ts';
import type { Stage, Voice } from './stage.ts';

type Kubectl = Cluster['kubectl'];
type Say = (line: string) => void;

const LOOK_EVERY_MS = 300;
/** An image that was never there has to be pulled. */
const READY_MS = 180_000;
/** What a container does not come out of by itself. */
const STUCK = [
  'ErrImageNeverPull',
  'ImagePullBackOff',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'CrashLoopBackOff',
];

export interface SetUp {
  readonly kubectl: Kubectl;
  readonly names: Names;
  /** Of the agents and of the shop. */
  readonly image: string;
  readonly reach: Reach;
  readonly say: Say;
}

/** Creates the shop, the policy and both agents, and waits until they run. */
export async function setUp({ kubectl, names, image, reach, say }: SetUp): Promise<void> {
  await create({ kubectl }, ...shopAndAgents(names, image, reach));
  await create({ kubectl }, agentPod(names.loose, image), policy(names));
  await create({ kubectl }, agentPod(names.agents, image));
  for (const namespace of [names.shop, names.loose, names.agents]) await podsReady(kubectl, namespace, say);
}

/** Waits until every pod of the namespace is Ready. Throws an Obstacle as soon as one says why it never will be. */
export async function podsReady(kubectl: Kubectl, namespace: string, say: Say): Promise<void> {
  const enough = performance.now() + READY_MS;
  const done = tellEveryFewSeconds((s) => say(`waiting for the pods of ${namespace}, ${s} s`));
  try {
    for (;;) {
      const { items } = JSON.parse(await ok(kubectl(['get', 'pods', '-n', namespace, '-o', 'json']))) as List;
      if (items.length > 0 && items.every(isReady)) return;
      const stuck = items.flatMap(whyStuck)[0];
      if (stuck !== undefined)
        throw new Obstacle(`${namespace}: ${stuck}`, 'name an image that the nodes have or can pull');
      if (performance.now() > enough)
        throw new Error(await ok(kubectl(['describe', 'pods', '-n', namespace])));
      await delay(LOOK_EVERY_MS);
    }
  } finally {
    done();
  }
}

/** What a stage with pods says and does the same way everywhere. */
export async function inPods(
  kubectl: Kubectl,
  names: Names,
): Promise<Pick<Stage, 'loose' | 'governed' | 'agentUid' | 'revoke' | 'records'>> {
  const voice =
    (namespace: string): Voice =>
    async (argv) =>
      saidOf(await kubectl(['exec', '-n', namespace, AGENT, '-c', 'agent', '--', 'kubectl', ...argv]));
  const uid = ['get', 'pod', AGENT, '-n', names.agents, '-o', 'jsonpath={.metadata.uid}'];
  const logs = ['logs', '-n', names.agents, AGENT, '-c', 'chaperone'];
  return {
    loose: voice(names.loose),
    governed: voice(names.agents),
    agentUid: await ok(kubectl(uid)),
    async revoke({ metadata: { name } }) {
      await ok(kubectl(['delete', 'grant', name, '-n', names.agents]));
    },
    records: async () => ({
      command: `kubectl ${logs.join(' ')} | grep database`,
      text: await ok(kubectl(logs)),
    }),
  };
}

/** The pods of these namespaces, by name, UID and node. */
export async function castOf(kubectl: Kubectl, namespaces: readonly string[]): Promise<string[]> {
  const columns = 'POD:.metadata.name,UID:.metadata.uid,NODE:.spec.nodeName';
  const width = Math.max(...namespaces.map(({ length }) => length)) + 2;
  const lines = namespaces.map(async (namespace) => {
    const argv = ['get', 'pods', '-n', namespace, '--no-headers', '-o', `custom-columns=${columns}`];
    const pods = (await ok(kubectl(argv))).trim().split('\n');
    return pods.map((line) => `${namespace.padEnd(width)}${line}`);
  });
  return (await Promise.all(lines)).flat();
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

interface List {
  readonly items: readonly Pod[];
}

function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

function whyStuck({ metadata, status }: Pod): string[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].flatMap((each) => {
    const { reason = '', message = '' } = each.state?.waiting ?? {};
    return STUCK.includes(reason) ? [`pod ${metadata.name}: ${reason} ${message}`.trim()] : [];
  });
}
