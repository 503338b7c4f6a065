// All objects of one kind, as the API server has them. A consistent list says what is there, again every few seconds; a
// watch only says when to look sooner. So what is held is never a guess, and how old its proof is can be told.
import type { Logger } from '../../telemetry/logger.ts';
import { found, type KubeApi, type KubeObject, PAGE_SIZE } from './api.ts';
import { bare } from './bare.ts';
import { startLoop } from './loop.ts';

/** A third of the time for which a proof counts (sidecars/lease.ts): one list may fail. */
const LIST_EVERY_MS = 3_000;
/** A watch is begun anew this often, so that one that has silently stopped is a delay and no more. */
const WATCH_SECONDS = '60';
/** After a watch that could not begin or broke. The lists go on meanwhile. */
const WATCH_AGAIN_MS = 1_000;

/** An object with what is read of its metadata (bare.ts), and what was read from it: once for each of its versions. */
export interface Kept<T> {
  readonly object: KubeObject;
  readonly read: T;
}

export interface Cache<T> {
  /** Newest proven contents; empty before the first list. */
  readonly all: () => readonly Kept<T>[];
  /** Of the list that the contents come from. Comparable between lists of every replica. */
  readonly resourceVersion: () => string;
  /** Monotonic ms: everything that was true then is in the contents. -Infinity before the first list. */
  readonly provenAtMs: () => number;
  /** Resolves with the first list. */
  readonly filled: Promise<void>;
  /** Lists again now. Resolves when the list is over that began after this call, at the latest when this ends. */
  readonly refresh: () => Promise<'listed' | 'failed'>;
  readonly stop: () => Promise<void>;
}

export interface CacheOptions<T> {
  readonly kube: KubeApi;
  /** Of the collection, with its selectors. */
  readonly path: (query: Readonly<Record<string, string>>) => string;
  readonly what: string;
  /** The one that is held; none unless named. */
  readonly label?: string;
  readonly read: (object: KubeObject) => T;
  /** Hears which objects came, changed or went, in their newest known form. */
  readonly onChange: (changed: readonly KubeObject[]) => void;
  readonly log: Logger;
}

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[];
}

export function startCache<T>(options: CacheOptions<T>): Cache<T> {
  const { kube, path, what, label, read, onChange, log } = options;
  let held = new Map<string, Kept<T>>();
  let resourceVersion = '0';
  let provenAtMs = Number.NEGATIVE_INFINITY;
  let waiting: ((outcome: 'listed' | 'failed') => void)[] = [];
  const first = Promise.withResolvers<void>();
  const ended = new AbortController();

  function take(objects: readonly KubeObject[]): void {
    const next = new Map<string, Kept<T>>();
    const changed: KubeObject[] = [];
    for (const object of objects) {
      const { uid = '', resourceVersion: version } = object.metadata;
      const before = held.get(uid);
      const same = before !== undefined && before.object.metadata.resourceVersion === version;
      next.set(uid, same ? before : { object, read: read(object) });
      if (!same) changed.push(object);
    }
    for (const [uid, { object }] of held) if (!next.has(uid)) changed.push(object);
    held = next;
    if (changed.length > 0) onChange(changed);
  }

  async function list(): Promise<number> {
    const askedAtMs = performance.now();
    const objects: KubeObject[] = [];
    let page: List['metadata'] = { resourceVersion: '0', continue: '' };
    do {
      // Without a resourceVersion the answer is not older than the question (KEP-2340).
      const query = { limit: `${PAGE_SIZE}`, ...(page.continue && { continue: page.continue }) };
      const answer = found(await kube.call<List>('GET', path(query)), what);
      page = answer.metadata;
      objects.push(...answer.items.map((item) => bare(item, label)));
    } while (page.continue);
    provenAtMs = askedAtMs;
    resourceVersion = page.resourceVersion;
    take(objects);
    first.resolve();
    return LIST_EVERY_MS;
  }

  async function listForAll(): Promise<number> {
    const waited = waiting;
    waiting = [];
    let outcome: 'listed' | 'failed' = 'failed';
    try {
      const nextMs = await list();
      outcome = 'listed';
      return nextMs;
    } finally {
      for (const tell of waited) tell(outcome);
    }
  }

  const lists = startLoop({ what: `list of ${what}`, pass: listForAll, log });
  const watches = startLoop({
    what: `watch of ${what}`,
    log,
    async pass() {
      await first.promise;
      const query = { watch: 'true', resourceVersion, timeoutSeconds: WATCH_SECONDS };
      const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(Number(WATCH_SECONDS) * 2_000)]);
      await kube.watch(path(query), signal, lists.poke).catch((error: unknown) => {
        if (!ended.signal.aborted) throw error;
      });
      return ended.signal.aborted ? 0 : Math.min(WATCH_AGAIN_MS, LIST_EVERY_MS);
    },
  });

  return {
    all: () => [...held.values()],
    resourceVersion: () => resourceVersion,
    provenAtMs: () => provenAtMs,
    filled: first.promise,
    refresh() {
      if (ended.signal.aborted) return Promise.resolve('failed');
      lists.poke();
      return new Promise((tell) => waiting.push(tell));
    },
    async stop() {
      ended.abort();
      first.resolve();
      await Promise.all([lists.stop(), watches.stop()]);
      for (const tell of waiting) tell('failed');
    },
  };
}
