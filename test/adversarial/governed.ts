// An agent governed by the real data plane in front of the suite's real API server: a sidecar in this process, with a
// snapshot that a test makes and the token of a ServiceAccount that may do anything, so that what got through shows.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countHere } from '../../cli/run/count-here.ts';
import { makeLoopback } from '../../cli/run/loopback.ts';
import { grantOf, NOW_EPOCH_MS, policyOf } from '../../policy/fixtures.ts';
import type { Budget } from '../../policy/kinds/budget.ts';
import type { MaskingRules } from '../../policy/kinds/masking.ts';
import type { Rule } from '../../policy/kinds/rule.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import { takeSnapshot } from '../../policy/take-snapshot.ts';
import { createCallers } from '../../sidecar/callers.ts';
import { type Credential, serviceAccountToken } from '../../sidecar/credential.ts';
import { createHeldEntitlements } from '../../sidecar/held-entitlements.ts';
import type { LineSink } from '../../sidecar/line-sink.ts';
import { type Clock, systemClock } from '../../sidecar/monotonic.ts';
import type { Recordings } from '../../sidecar/recording.ts';
import { recordInFolder } from '../../sidecar/recording-folder.ts';
import type { Counter } from '../../sidecar/spending.ts';
import { startSidecar } from '../../sidecar/start.ts';
import type { ApiServer } from '../../sidecar/upstream.ts';
import type { CallFacts } from '../../telemetry/attributes.ts';
import type { TelemetryEnvironment } from '../../telemetry/environment.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createSpans } from '../../telemetry/spans.ts';
import { connect } from '../cluster/api.ts';
import type { AuditEvent } from '../cluster/audit.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { freshNamespace } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { witness } from '../search/witness.ts';
import { type Agent, agentOf, type Door } from './agent.ts';
import { widely } from './widely.ts';

/** What the agent may do: rules that stand, and Grants that end. */
export interface Entitled {
  readonly rules: readonly Rule[];
  readonly mode?: 'Enforce' | 'Observe';
  readonly budgets?: readonly Budget[];
  readonly masking?: MaskingRules;
  readonly standingMs?: number;
  readonly leaseMs?: number;
  /** Whether the workload guard is in force; it is unless said. */
  readonly guarded?: boolean;
  /** Where chaperone itself is; no namespace of the suite's unless given. */
  readonly systemNamespace?: string;
  readonly grants?: readonly { readonly name: string; readonly rule: Rule; readonly remainingMs: number }[];
}

export interface GovernedOptions {
  readonly clock?: Clock;
  readonly credential?: Credential;
  readonly apiServer?: ApiServer;
  readonly records?: LineSink;
  /** Of the pod: another makes it another pod. */
  readonly sentinelKey?: Buffer;
  /** Who keeps the count; this process unless given. */
  readonly counter?: Counter;
  /** As under `chaperone run`. */
  readonly judgesWorkloads?: boolean;
  /** Where streams are recorded; in `recordings` unless given. */
  readonly recordings?: Recordings;
  /** Where spans go; nowhere unless given. */
  readonly telemetry?: TelemetryEnvironment;
}

export interface Governed extends AsyncDisposable {
  readonly agent: Agent;
  /** Where it calls. */
  readonly door: Door;
  readonly namespace: string;
  /** Of the real credential: the test may take it away or replace it. */
  readonly tokenPath: string;
  readonly realToken: string;
  /** The path of a kubeconfig with nothing but what an agent has. */
  readonly kubeconfig: string;
  /** The records kept so far, parsed. */
  readonly records: readonly Record<string, unknown>[];
  readonly ended: readonly CallFacts[];
  /** The folder of its recordings: `<Audit-ID>.cast`. */
  readonly recordings: string;
  entitle(entitled: Entitled): void;
  /** Of a controller: in the place of what `entitle` made. */
  take(snapshot: Snapshot): void;
  /** What arrived at the API server with the real credential since the last look, after everything sent until now. */
  arrived(): Promise<readonly AuditEvent[]>;
  stop(graceMs: number): Promise<void>;
}

const NO_TELEMETRY: TelemetryEnvironment = {
  tracesUrl: undefined,
  headers: {},
  serviceName: undefined,
  resourceAttributes: {},
};

export const monotonicMs = systemClock.monotonicMs;

/** Governs an agent in a namespace of its own. */
export async function govern(
  cluster: Cluster,
  purpose: string,
  options: GovernedOptions = {},
): Promise<Governed> {
  const namespace = await freshNamespace(cluster, purpose);
  const api = await connect(cluster.kubeconfig);
  const folder = await mkdtemp(join(tmpdir(), 'governed-'));
  const tokenPath = join(folder, 'token');
  const realToken = await mightyToken(cluster, namespace.name);
  await writeFile(tokenPath, realToken);
  const recordings = join(folder, 'recordings');
  await mkdir(recordings);

  const clock = options.clock ?? systemClock;
  const held = createHeldEntitlements(clock);
  const callers = createCallers(clock.monotonicMs);
  const records: Record<string, unknown>[] = [];
  const ended: CallFacts[] = [];
  const loopback = await makeLoopback(Date.now());
  const said = witness(`the sidecar of ${purpose}: its log, its records and the facts of its spans`);
  const write = (line: string): void => {
    said(line);
    process.stderr.write(line);
  };
  const log = createLogger({ component: 'test', level: 'error', write });
  const kept: LineSink = options.records ?? { keep: async (line) => void records.push(JSON.parse(line)) };
  const sidecar = await startSidecar({
    clock,
    callers,
    held,
    judgesWorkloads: options.judgesWorkloads ?? false,
    counter: options.counter ?? countHere(held, clock.monotonicMs),
    log,
    port: 0,
    certificate: await loopback.issue(Date.now()),
    credential: options.credential ?? serviceAccountToken(tokenPath, clock),
    apiServer: options.apiServer ?? { url: new URL(cluster.server), ca: cluster.ca },
    session: namespace.name,
    sentinelKey: options.sentinelKey ?? Buffer.alloc(32, 7),
    records: {
      keep(line) {
        said(line);
        return kept.keep(line);
      },
    },
    recordings: options.recordings ?? recordInFolder(recordings, { clock, log }),
    spans: createSpans({
      telemetry: options.telemetry ?? NO_TELEMETRY,
      identity: { service: 'test', session: namespace.name },
      log,
    }),
    onEnd(facts) {
      said(JSON.stringify(facts));
      ended.push(facts);
    },
  });
  const entitle = (entitled: Entitled): void => held.take(snapshotOf(entitled), clock.monotonicMs());
  entitle({ rules: widely(namespace.name) });

  const door = {
    port: sidecar.port,
    ca: loopback.ca,
    token: callers.issue('app', clock.monotonicMs()),
  };
  const agent = agentOf(door);
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(agent, loopback.ca, namespace.name));
  const username = `system:serviceaccount:${namespace.name}:mighty`;
  let stopped = false;
  let seen = 0;
  const stop = async (graceMs: number): Promise<void> => {
    if (!stopped) await sidecar.stop(graceMs);
    stopped = true;
  };
  return {
    agent,
    door,
    namespace: namespace.name,
    tokenPath,
    realToken,
    kubeconfig,
    records,
    recordings,
    ended,
    entitle,
    take: (snapshot) => held.take(snapshot, clock.monotonicMs()),
    stop,
    async arrived() {
      // What came before this call of the super-admin has been logged when the call has been.
      const mark = `/api/v1/namespaces/${namespace.name}/configmaps/mark-${Math.random().toString(36).slice(2)}`;
      await api.get(mark);
      await cluster.audit.until(({ requestURI }) => requestURI === mark, 'the mark');
      const calls = await cluster.audit.calls();
      const ours = calls.slice(seen).filter(({ user }) => user.username === username);
      seen = calls.length;
      return ours;
    },
    async [Symbol.asyncDispose]() {
      agent.close();
      api.close();
      await stop(0);
      await rm(folder, { recursive: true });
      await cluster.kubectl(['delete', 'clusterrolebinding', `mighty-${namespace.name}`, '--wait=false']);
      await namespace[Symbol.asyncDispose]();
    },
  };
}

/** The token of a ServiceAccount to which RBAC forbids nothing. */
export async function mightyToken(cluster: Cluster, namespace: string): Promise<string> {
  const bind = ['create', 'clusterrolebinding', `mighty-${namespace}`, '--clusterrole=cluster-admin'];
  const here = ['-n', namespace];
  await Promise.all([
    ok(cluster.kubectl(['create', 'serviceaccount', 'mighty', ...here])),
    ok(cluster.kubectl([...bind, `--serviceaccount=${namespace}:mighty`])),
  ]);
  return ok(cluster.kubectl(['create', 'token', 'mighty', ...here])).then((token) => token.trim());
}

function snapshotOf({
  rules,
  mode,
  budgets,
  masking,
  standingMs = 3_600_000,
  leaseMs = 60_000,
  grants = [],
  guarded = true,
  systemNamespace = 'chaperone-system',
}: Entitled) {
  const scopes = grants.map(({ name, rule }) => ({ name, maxDuration: '1h', rules: [rule] }));
  return takeSnapshot({
    pod: { namespace: 'agents', name: 'triage-5d9c', uid: '0b9f' },
    serviceAccount: 'triage-bot',
    policies: [
      policyOf({
        mode,
        budgets,
        masking,
        standing: { lifetime: '8h', rules },
        ...(scopes.length > 0 && { scopes }),
      }),
    ],
    grants: grants.map(({ name, remainingMs }) =>
      grantOf({ scope: name }, { expiresAt: new Date(NOW_EPOCH_MS + remainingMs).toISOString() }),
    ),
    standingRemainingMs: standingMs,
    leaseMs,
    systemNamespace,
    guarded,
    nowEpochMs: NOW_EPOCH_MS,
  });
}

/** Of an agent that has nothing else. */
export function kubeconfigOf(
  { host = '127.0.0.1', port, token }: Pick<Door, 'host' | 'port' | 'token'>,
  ca: string,
  namespace: string,
): string {
  const cluster = {
    server: `https://${host}:${port}`,
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'governed', cluster }],
    users: [{ name: 'agent', user: { token } }],
    contexts: [{ name: 'governed', context: { cluster: 'governed', user: 'agent', namespace } }],
    'current-context': 'governed',
  });
}
