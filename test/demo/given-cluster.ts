// A stage in a cluster of other people: three namespaces that nobody else has, with chaperone as it is installed there, else
// with one that is there for the demo. What is made is said first, and taken away in the end.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { create, ok } from '../cluster/pods.ts';
import { type Belongings, createBelongings } from './belongings.ts';
import { connectGiven, type GivenClients } from './given-clients.ts';
import { kindsThere, removeKinds, removeKindsByHand } from './kinds.ts';
import { AGENT, namesOf } from './names.ts';
import { type Given, UsageError } from './options.ts';
import { castOf, inPods, podsReady, setUp } from './pods.ts';
import { replayOf } from './replay.ts';
import type { Stage } from './stage.ts';

const CHART = join(import.meta.dirname, '../../charts/chaperone');
const RELEASE = 'chaperone';

/** Sets the stage. What was made is taken away again where a part fails or `signal` aborts. */
export async function setGivenStage(
  given: Given,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Stage> {
  const clients = await connectGiven(given, signal, say);
  const { kubectl, steady } = clients;
  const id = randomBytes(3).toString('hex');
  const names = namesOf(id);
  const belongings = createBelongings();
  const installed = await installation(clients);
  if (installed === undefined && given.image === undefined)
    throw new UsageError(
      `chaperone is not installed in the cluster of ${given.context}: --image REPO:TAG says where its nodes find it`,
    );
  const system = installed ?? `demo-${id}-chaperone`;
  const own = Object.values(names);
  say(`context ${given.context}: this makes, and takes away in the end,`);
  say(`  the namespaces ${own.join(', ')}`);
  if (installed === undefined)
    say(`  chaperone: its kinds, webhooks and policies, and the namespace ${system}`);
  else
    say(
      `  and nothing else: chaperone is installed in ${system}${given.image ? '; --image is not used' : ''}`,
    );
  try {
    if (installed === undefined) await install(clients, given, system, belongings, say);
    const doomed = ['delete', 'namespace', ...own, '--ignore-not-found', '--timeout=120s'];
    belongings.note({
      what: `the namespaces ${own.join(', ')}`,
      remove: () => steady.kubectl(doomed),
      byHand: `kubectl ${doomed.join(' ')}`,
    });
    say('creating the shop and its agents');
    await setUp({ kubectl, names, image: given.agentImage, reach: 'shop', say });
    return {
      ...(await inPods(kubectl, names)),
      names,
      cast: await castOf(kubectl, [system, names.agents]),
      reach: 'shop',
      kubectl,
      give: async (grant) => void (await create({ kubectl }, grant)),
      // Reading the token that must not be found would take breaking the glass.
      pods: { signature: undefined, replay: replayOf(system, asGiven(given)) },
      audit: { missing: "this cluster's audit log is its owners' to read" },
      collector: { missing: "where this cluster's spans go, if anywhere, is its owners' to read" },
      bare: false,
      stop: () => belongings.remove(say),
      playOn: [`kubectl --context ${given.context} exec -it -n ${names.agents} ${AGENT} -c agent -- sh`],
    };
  } catch (error) {
    await belongings.remove(say);
    throw error;
  }
}

const asGiven = ({ context, kubeconfig }: Given): string[] => [
  ...['--context', context],
  ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
];

/** The namespace of the one chaperone that a cluster can have. */
async function installation({ kubectl }: GivenClients): Promise<string | undefined> {
  const path = '{.webhooks[0].clientConfig.service.namespace}';
  const get = ['get', 'mutatingwebhookconfiguration', 'chaperone', '--ignore-not-found', '-o'];
  return (await ok(kubectl([...get, `jsonpath=${path}`]))) || undefined;
}

async function install(
  { kubectl, helm, steady }: GivenClients,
  { image }: Given,
  namespace: string,
  belongings: Belongings,
  say: (line: string) => void,
): Promise<void> {
  // First, for it may have to be built: what the cluster holds is looked at right before something is put there.
  const run = await helm();
  if ((await kindsThere(kubectl)).size > 0)
    throw new UsageError(
      'the kinds of an earlier chaperone are still there, and perhaps policies: install chaperone again, and play then',
    );
  const doomed = ['delete', 'namespace', namespace, '--ignore-not-found'];
  belongings.note({
    what: `namespace ${namespace}`,
    remove: () => steady.kubectl(doomed),
    byHand: `kubectl ${doomed.join(' ')}`,
  });
  belongings.note({
    what: 'the kinds of chaperone',
    remove: () => removeKinds(steady.kubectl, namespace),
    byHand: removeKindsByHand(namespace),
  });
  const uninstall = ['uninstall', RELEASE, '-n', namespace, '--ignore-not-found', '--wait'];
  belongings.note({
    what: 'chaperone',
    remove: async () => (await steady.helm())(uninstall),
    byHand: `helm ${uninstall.join(' ')}`,
  });
  const set = Object.entries(image ?? {}).flatMap(([name, value]) => [
    '--set-string',
    `image.${name}=${value}`,
  ]);
  say('installing the chart with helm');
  const where = ['install', RELEASE, CHART, '--namespace', namespace, '--create-namespace'];
  await ok(run([...where, ...set]));
  await podsReady(kubectl, namespace, say);
}
