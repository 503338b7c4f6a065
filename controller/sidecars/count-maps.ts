// The ConfigMaps that hold counts, one a policy (by UID) and workload in chaperone's own namespace: read, written by
// compare-and-set, and taken away when nothing in them counts any more.
import { createHash } from 'node:crypto';
import { found, type KubeApi, type KubeObject, type Outcome } from '../kube/api.ts';
import { serverTimeMs } from '../kube/clock.ts';
import { pathOf } from '../kube/paths.ts';
import { dataOf, type Lines, linesOf } from './spend-lines.ts';
import type { Workload } from './workload.ts';

export const COUNT_LABEL = 'chaperone.dev/count';
/** For a person: whose count it is. */
const WORKLOAD_ANNOTATION = 'chaperone.dev/workload';
/** When nothing in it counts any more. */
export const OVER_ANNOTATION = 'chaperone.dev/over';

/** Of one policy: a Job every minute makes 1440 within the longest span that a budget can have. */
export const MAX_COUNTS = 2048;
/** So long nobody looks again whether there is room: what looks is a list of them all. */
const FULL_FOR_MS = 5_000;
/** Their metadata alone, some hundred bytes each. */
const PAGE_SIZE = 500;

export interface HeldCount {
  readonly policyUid: string;
  readonly workload: Workload;
  readonly name: string;
  /** Undefined: nothing was counted yet. */
  readonly object: KubeObject | undefined;
  readonly lines: Lines;
}

export interface CountMaps {
  read(policyUid: string, workload: Workload): Promise<HeldCount>;
  /** Over what was read; `conflict` or `absent` where it is another by now. */
  write(count: HeldCount, lines: Lines, overAtMs: number): Promise<Outcome>;
  /** Whether one more workload of this policy may have a count; no is remembered for some seconds. */
  hasRoom(policyUid: string): Promise<boolean>;
  sweep(): Promise<void>;
}

interface List {
  readonly metadata: { readonly continue?: string };
  /** Null of none, in this form. */
  readonly items: readonly KubeObject[] | null;
}

export function countMaps(kube: Pick<KubeApi, 'call'>, namespace: string): CountMaps {
  const fullUntilMs = new Map<string, number>();

  /** What the label selects, its metadata alone. */
  async function list(labelSelector: string): Promise<readonly KubeObject['metadata'][]> {
    const all: KubeObject['metadata'][] = [];
    let page: List['metadata'] = {};
    do {
      const query = {
        labelSelector,
        limit: `${PAGE_SIZE}`,
        ...(page.continue && { continue: page.continue }),
      };
      const path = pathOf('configmaps', { namespace, query });
      const { metadata, items } = found(await kube.call<List>('GET', path, undefined, 'metadata'), 'counts');
      all.push(...(items ?? []).map((item) => item.metadata));
      page = metadata;
    } while (page.continue);
    return all;
  }

  return {
    async read(policyUid, workload) {
      // An owner reference's UID may be anything; a name may not.
      const name = `chaperone-count-${policyUid}-${createHash('sha256').update(workload.uid).digest('hex')}`;
      const outcome = await kube.call('GET', pathOf('configmaps', { namespace, name }));
      const object = outcome.kind === 'absent' ? undefined : found(outcome, `ConfigMap ${name}`);
      return { policyUid, workload, name, object, lines: linesOf(object) };
    },
    write({ policyUid, workload, name, object }, lines, overAtMs) {
      const annotations = {
        [WORKLOAD_ANNOTATION]: workload.text,
        [OVER_ANNOTATION]: new Date(overAtMs).toISOString(),
      };
      const own = { name, namespace, labels: { [COUNT_LABEL]: policyUid } };
      const metadata = { ...(object?.metadata ?? own), annotations };
      const next = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: dataOf(lines) };
      return object === undefined
        ? kube.call('POST', pathOf('configmaps', { namespace }), next)
        : kube.call('PUT', pathOf('configmaps', { namespace, name }), next);
    },
    async hasRoom(policyUid) {
      if (performance.now() < (fullUntilMs.get(policyUid) ?? 0)) return false;
      fullUntilMs.delete(policyUid);
      const isRoom = (await list(`${COUNT_LABEL}=${policyUid}`)).length < MAX_COUNTS;
      if (!isRoom) fullUntilMs.set(policyUid, performance.now() + FULL_FOR_MS);
      return isRoom;
    },
    async sweep() {
      const nowMs = await serverTimeMs(kube);
      for (const { name, uid, resourceVersion, annotations = {} } of await list(COUNT_LABEL)) {
        if (Date.parse(annotations[OVER_ANNOTATION] ?? '') > nowMs) continue;
        await kube.call('DELETE', pathOf('configmaps', { namespace, name }), {
          preconditions: { uid, resourceVersion },
        });
      }
    },
  };
}
