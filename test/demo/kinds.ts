// The kinds of chaperone in a cluster of other people, and with them every policy there: those that belong to the release of the
// demo go away with it, and no others.
import type { Cluster } from '../cluster/cluster.ts';
import { ok } from '../cluster/pods.ts';
import type { Outcome } from '../cluster/run.ts';

const KINDS = ['agentpolicies.chaperone.dev', 'grants.chaperone.dev'];
const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';

interface Kinds {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  }[];
}

/** Those that are there, whoever installed them, each with the namespace of its Helm release. */
export async function kindsThere(kubectl: Cluster['kubectl']): Promise<Map<string, string | undefined>> {
  const said = await ok(kubectl(['get', 'crd', ...KINDS, '--ignore-not-found', '-o', 'json']));
  const { items } = JSON.parse(said || '{"items":[]}') as Kinds;
  return new Map(items.map(({ metadata }) => [metadata.name, metadata.annotations?.[RELEASE_NAMESPACE]]));
}

/** Deletes those whose Helm release is in this namespace. */
export async function removeKinds(kubectl: Cluster['kubectl'], namespace: string): Promise<Outcome> {
  const there = await kindsThere(kubectl);
  const own = [...there.keys()].filter((name) => there.get(name) === namespace);
  if (own.length === 0) return { code: 0, stdout: '', stderr: '' };
  return kubectl(['delete', 'crd', ...own, '--ignore-not-found']);
}

/** What a person types where that failed. */
export const removeKindsByHand = (namespace: string): string =>
  `kubectl delete crd ${KINDS.join(' ')}   # if their annotation ${RELEASE_NAMESPACE} is ${namespace}`;
