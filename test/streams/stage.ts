// What streams are asked of: a governed agent, a pod that listens and waits to be told what to do, and the two ways to it under one
// identity, through the sidecar and directly.
import { writeFile } from 'node:fs/promises';
import type { Rule } from '../../policy/kinds/rule.ts';
import type { Door } from '../adversarial/agent.ts';
import { type Governed, type GovernedOptions, govern, kubeconfigOf } from '../adversarial/governed.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, untilReady } from '../cluster/pods.ts';

export interface StreamStage extends AsyncDisposable {
  readonly governed: Governed;
  readonly namespace: string;
  readonly through: Door;
  readonly direct: Door;
  /** Paths of kubeconfigs. */
  readonly kubeconfigs: { readonly through: string; readonly direct: string };
  /** `/api/v1/namespaces/…/pods/web`. */
  readonly pod: string;
}

export const POD = 'web';
/** The containers of the pod: one that streams are permitted to, one that reads what it is given, one that is out of bounds. */
export const [WEB, READER, OTHER] = ['web', 'reader', 'other'] as const;
/** A web server; what comes back as it came; the same, and not permitted. */
export const [HTTP, ECHO, CLOSED] = [8080, 9000, 9001] as const;

const SERVE = [
  `busybox httpd -p ${HTTP} -h /`,
  `nc -ll -p ${ECHO} -e cat &`,
  `nc -ll -p ${CLOSED} -e cat &`,
  'exec sleep infinity',
].join('\n');
const READ = 'while read -r line; do echo "read $line"; done; exec sleep infinity';

const container = (name: string, script: string, more: object = {}) => ({
  name,
  image: AGENT_IMAGE,
  imagePullPolicy: 'Never',
  args: ['-c', script],
  ...more,
});

/** A shell, what `kubectl cp` runs, and what is not there. */
const COMMANDS = [['sh'], ['tar'], ['test'], ['not-there']];

type Of = 'exec' | 'attach' | 'portforward';

/** A rule for one of the three. */
export const streamRule = (namespace: string, of: Of, more: Partial<Rule> = {}): Rule => ({
  namespaces: [namespace],
  apiGroups: [''],
  resources: [`pods/${of}`],
  verbs: ['create'],
  resourceNames: [POD],
  ...(of !== 'portforward' && { containers: [WEB, READER] }),
  ...(of === 'exec' && { commands: COMMANDS }),
  ...(of === 'portforward' && { ports: [HTTP, ECHO] }),
  ...more,
});

export const streamRules = (namespace: string): Rule[] => [
  {
    namespaces: [namespace],
    apiGroups: [''],
    resources: ['pods', 'pods/log'],
    verbs: ['get', 'list', 'watch'],
  },
  ...(['exec', 'attach', 'portforward'] as const).map((of) => streamRule(namespace, of)),
];

/** Starts the pod, and waits until it is ready. */
export async function streamPod(cluster: Cluster, namespace: string): Promise<void> {
  const containers = [
    container(WEB, SERVE),
    container(READER, READ, { stdin: true }),
    container(OTHER, 'exec sleep infinity'),
  ];
  await create(cluster, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: POD, namespace },
    spec: { terminationGracePeriodSeconds: 0, containers },
  });
  await untilReady(cluster, namespace, POD);
}

export async function streamStage(
  cluster: Cluster,
  purpose: string,
  options: GovernedOptions = {},
): Promise<StreamStage> {
  const governed = await govern(cluster, purpose, options);
  const { namespace, realToken } = governed;
  governed.entitle({ rules: streamRules(namespace) });
  await streamPod(cluster, namespace);
  const { hostname, port } = new URL(cluster.server);
  const direct = { host: hostname, port: Number(port), ca: cluster.ca, token: realToken };
  const directConfig = `${governed.kubeconfig}.direct`;
  await writeFile(directConfig, kubeconfigOf(direct, cluster.ca, namespace));
  return {
    governed,
    namespace,
    through: governed.door,
    direct,
    kubeconfigs: { through: governed.kubeconfig, direct: directConfig },
    pod: `/api/v1/namespaces/${namespace}/pods/${POD}`,
    [Symbol.asyncDispose]: () => governed[Symbol.asyncDispose](),
  };
}

export interface Run {
  readonly argv?: readonly string[];
  readonly container?: string | undefined;
  readonly stdin?: boolean;
  readonly tty?: boolean;
}

/** The query of an exec (or, without `argv`, an attach) as client-go has it. */
export function commandQuery({ argv = [], container: name = WEB, stdin = false, tty = false }: Run): string {
  const query = new URLSearchParams(argv.map((word): [string, string] => ['command', word]));
  query.set('container', name);
  if (stdin) query.set('stdin', 'true');
  query.set('stdout', 'true');
  if (tty) query.set('tty', 'true');
  else query.set('stderr', 'true');
  return query.toString();
}
