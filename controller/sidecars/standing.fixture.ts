// For tests only: one replica's keeping of standing lifetimes, before an API server whose clock and races a test decides.
import { createLogger } from '../../telemetry/logger.ts';
import type { KubeApi, KubeObject, Outcome } from '../kube/api.ts';
import { keepStanding, STANDING_LABEL } from './standing.ts';
import { linesOf } from './standing-lines.ts';

/** What the clock of the replica says. */
export const NOW_MS = Date.parse('2030-01-01T00:00:00Z');

interface Deletion {
  readonly path: string;
  readonly body: unknown;
}

/**
 * One replica whose clock says NOW_MS, with an API server's clock of its own and its compare-and-set on the one ConfigMap;
 * `meanwhile` plays the other replica, before each write. The real one is in test/e2e/controller-entitlements.test.ts.
 */
export function replica({
  serverMs = NOW_MS,
  data = undefined as Record<string, string> | undefined,
  runs = {} as Record<string, { readonly uid: string; readonly creationTimestamp: string }>,
} = {}) {
  let version = 1;
  const metadataOf = (more: object) => ({
    ...more,
    name: 'chaperone-standing-policy',
    resourceVersion: `${version}`,
  });
  const meta = {
    uid: 'map',
    labels: { [STANDING_LABEL]: 'policy' },
    creationTimestamp: '2029-12-31T00:00:00Z',
  };
  let stored: KubeObject | undefined = data && { metadata: metadataOf(meta), data };
  let meanwhile = () => {};
  const calls: string[] = [];
  const deletions: Deletion[] = [];
  const said: string[] = [];

  function write(body: KubeObject): Outcome {
    meanwhile();
    if (body.metadata.resourceVersion !== stored?.metadata.resourceVersion) return { kind: 'conflict' };
    version += 1;
    stored = { ...body, metadata: metadataOf({ ...meta, ...body.metadata }) };
    return { kind: 'done', object: stored };
  }
  async function call(method: string, path: string, body: KubeObject): Promise<Outcome> {
    calls.push(`${method} ${path.split('/').slice(-1)}`);
    await new Promise(setImmediate);
    if (path.includes('selfsubjectreviews')) {
      const creationTimestamp = new Date(serverMs).toISOString();
      return { kind: 'done', object: { metadata: { name: '', creationTimestamp } } };
    }
    const run = runs[path];
    if (run !== undefined) return { kind: 'done', object: { metadata: { name: '', ...run } } };
    if (path.includes('/jobs/')) return { kind: 'absent' };
    if (method === 'DELETE') deletions.push({ path, body });
    if (method !== 'GET') return method === 'DELETE' ? { kind: 'conflict' } : write(body);
    return stored === undefined ? { kind: 'absent' } : { kind: 'done', object: stored };
  }
  const cache = {
    all: () => (stored === undefined ? [] : [{ object: stored, read: linesOf(stored) }]),
    resourceVersion: () => '1',
    provenAtMs: () => 0,
    filled: Promise.resolve(),
    refresh: async () => 'listed' as const,
    stop: async () => {},
  };
  const log = createLogger({ component: 'controller', write: (line) => said.push(line) });
  const kube = { ca: '', call, watch: async () => {} } as unknown as KubeApi;
  return {
    standing: keepStanding({ kube, namespace: 'chaperone-system', cache, log }),
    calls,
    deletions,
    said,
    data: () => stored?.data,
    setMeanwhile: (next: () => void) => {
      meanwhile = next;
    },
    move: () => {
      version += 1;
      stored = { data: {}, ...stored, metadata: metadataOf(meta) };
    },
  };
}
