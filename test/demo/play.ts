// The play: what an agent can do before, what it can do after, and what everybody can know of it.
import { ok } from '../cluster/pods.ts';
import { createActor } from './actor.ts';
import { liveSignature, searchCredential } from './credential-search.ts';
import {
  ACCOUNT,
  AGENT,
  AGENTS,
  DATABASE_PASSWORD,
  GRANT_SECONDS,
  LOOSE,
  maskedGrant,
  revealingGrant,
  SHOP,
  TLS_KEY,
} from './objects.ts';
import { postSpans } from './post-spans.ts';
import type { Stage } from './stage.ts';
import type { Screen } from './steps.ts';
import { traceTree } from './trace-tree.ts';

const READ_TLS = ['get', 'secret', 'web-tls', '-n', SHOP, '-o', 'go-template={{.data.key | base64decode}}'];
const SEARCH = 'search of every mount, readable file and /proc/*/environ for a JWT';

/** Plays every step on the stage. Rejects only where the stage itself breaks. */
export async function play(stage: Stage, screen: Screen): Promise<void> {
  screen.chapter('The cast');
  for (const line of stage.cast) screen.note(line);
  const signature = await before(stage, screen);
  const heard = [
    await after(stage, screen),
    await granted(stage, screen),
    await refused(stage, screen, signature),
  ];
  await known(stage, screen, heard.join('\n'));
}

/** Without chaperone. Answers the signature of the token that must not be found later. */
async function before({ cluster }: Stage, screen: Screen): Promise<string> {
  screen.chapter('Before: a namespace without the label');
  const agent = createActor(cluster, LOOSE, screen);
  await agent.does("the agent's ServiceAccount reads every Secret of the cluster", READ_TLS, {
    expected: 'the real value',
    fits: ({ text }) => text === TLS_KEY,
  });
  const signature = await liveSignature(cluster, AGENTS, AGENT);
  const found = await searchCredential(cluster, LOOSE, AGENT, signature);
  screen.step({
    step: 'its credential lies in its container',
    command: SEARCH,
    expected: 'at least one place',
    // A projected volume keeps its files in a dated folder behind links.
    outcome: found.map((place) => place.replace(/\/\.\.\d{4}_[^/]+/, '')).join('\n') || 'no place',
    ok: found.length > 0,
  });
  return signature;
}

async function after({ cluster }: Stage, screen: Screen): Promise<string> {
  screen.chapter('After: the same pod in a namespace labelled chaperone.dev/inject=enabled');
  const get = ['get', 'pod', AGENT, '-n', AGENTS, '-o', 'json'];
  const pod = changed(JSON.parse(await ok(cluster.kubectl(get))) as Pod);
  screen.step({
    step: 'injection changed the pod',
    command: `kubectl ${get.join(' ')}`,
    expected: INJECTED.join('\n'),
    outcome: pod.join('\n'),
    ok: pod.join() === INJECTED.join(),
  });
  const agent = createActor(cluster, AGENTS, screen);
  const account = `system:serviceaccount:${AGENTS}:${ACCOUNT}`;
  await agent.does(
    'the agent is who it was',
    ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'],
    {
      expected: account,
      fits: ({ text }) => text === account,
    },
  );
  await agent.does('pods are listed: a standing rule', ['get', 'pods', '-n', SHOP], {
    expected: 'the pod web',
    fits: ({ code, text }) => code === 0 && /^web /m.test(text),
  });
  await agent.does("the task's Secret is not given without a Grant", READ_TLS, {
    expected: 'Forbidden, and what to ask for',
    fits: (said) => isForbidden(said, 'scope read-web-tls'),
  });
  return agent.heard();
}

/** What was heard of it, but for the one value that was to be revealed. */
async function granted({ cluster, agentUid }: Stage, screen: Screen): Promise<string> {
  screen.chapter('Grants for one task');
  const agent = createActor(cluster, AGENTS, screen);
  const give = (grant: object) =>
    ok(cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(grant) }));
  await give(maskedGrant(agentUid));
  await agent.does('a Grant without reveal: keys, not values', READ_TLS, {
    expected: 'a sentinel in place of the value',
    when: ({ code }) => code === 0,
    fits: ({ text }) => text.startsWith('chaperone: hidden value'),
  });
  await ok(cluster.kubectl(['delete', 'grant', 'inc-4711-look', '-n', AGENTS]));
  await agent.does('a person deletes that Grant: it is revoked', READ_TLS, {
    expected: 'Forbidden',
    when: ({ code }) => code !== 0,
    fits: (said) => isForbidden(said, 'web-tls'),
  });
  await give(revealingGrant(agentUid));
  const { text } = await agent.does(`a Grant of ${GRANT_SECONDS} seconds with reveal`, READ_TLS, {
    expected: 'the real value',
    when: ({ code }) => code === 0,
    fits: (said) => said.text === TLS_KEY,
  });
  const watch = ['get', '--raw', `/api/v1/namespaces/${SHOP}/configmaps?watch=true`];
  await agent.does('the Grant ends by itself: an open watch ends with it', watch, {
    expected: 'a last event ERROR with code 403',
    shows: ({ text: events }) => lastEvent(events),
    fits: (said) => lastEvent(said.text).startsWith('ERROR 403'),
  });
  await agent.does('and the next read is refused', READ_TLS, {
    expected: 'Forbidden: the Grant has ended',
    fits: (said) => isForbidden(said, 'has ended'),
  });
  return agent.heard().replace(text, '');
}

async function refused({ cluster }: Stage, screen: Screen, signature: string): Promise<string> {
  screen.chapter('What it may not do');
  const agent = createActor(cluster, AGENTS, screen);
  const reached = async (verb: string, name: string) => {
    const calls = await cluster.audit.calls();
    const own = calls.filter(({ user }) => user.username === `system:serviceaccount:${AGENTS}:${ACCOUNT}`);
    return own.filter((call) => call.verb === verb && call.objectRef?.name === name).length;
  };
  await agent.does(
    'a Secret elsewhere is refused, and the API server never hears of it',
    ['get', 'secret', 'database', '-n', SHOP],
    {
      expected: 'Forbidden; 0 calls in the audit log',
      also: async () => `${await reached('get', 'database')} calls in the audit log`,
      fits: (said) => isForbidden(said, 'database') && said.text.endsWith('\n0 calls in the audit log'),
    },
  );
  await agent.does('so is a delete', ['delete', 'pod', 'web', '-n', SHOP], {
    expected: 'Forbidden; 0 calls in the audit log',
    also: async () => `${await reached('delete', 'web')} calls in the audit log`,
    fits: (said) => isForbidden(said, 'says never') && said.text.endsWith('\n0 calls in the audit log'),
  });
  const places = await searchCredential(cluster, AGENTS, AGENT, signature);
  screen.step({
    step: "the real credential is nowhere in the agent's container",
    command: `${SEARCH} or the live token's signature`,
    expected: 'no place',
    outcome: places.join('\n') || 'no place',
    ok: places.length === 0,
  });
  return agent.heard();
}

async function known({ cluster, collector }: Stage, screen: Screen, heard: string): Promise<void> {
  screen.chapter('What everybody can know of it');
  const logs = ['logs', '-n', AGENTS, AGENT, '-c', 'chaperone'];
  const records = await ok(cluster.kubectl(logs));
  const record = records.split('\n').find((line) => line.includes('"name":"database"')) ?? '{}';
  const { time, caller, verb, namespace, resource, name, decision, refusal } = JSON.parse(record) as Record<
    string,
    string
  >;
  screen.step({
    step: 'the refusals are recorded',
    command: `kubectl ${logs.join(' ')} | grep database`,
    expected: 'the record of a denial',
    outcome: JSON.stringify({ time, caller, verb, namespace, resource, name, decision, refusal }),
    ok: decision === 'denial',
  });
  const leaked = [TLS_KEY, DATABASE_PASSWORD].filter((value) => `${heard}${records}`.includes(value));
  screen.step({
    step: 'no value was told but the one that a Grant revealed',
    command: 'search of everything that the agent was told, and of the records',
    expected: 'neither value',
    outcome: leaked.join(' ') || 'neither value',
    ok: leaked.length === 0,
  });
  // A command's own span comes last, when no further call of it came for two seconds.
  const isLast = ({ attributes }: { attributes: object }) => JSON.stringify(attributes).includes('"delete"');
  const last = await collector.until(isLast, 'the span of the refused delete');
  await collector.until(({ spanId }) => spanId === last.parentSpanId, 'the span of the last command');
  // The controller tells its own decisions too; here it is the agent's calls that matter.
  const spans = (await collector.spans()).filter(
    ({ resource }) => resource['service.name'] === 'chaperone-sidecar',
  );
  const calls = spans.filter(({ parentSpanId }) => parentSpanId !== '');
  const denied = calls.filter(({ attributes }) => attributes['chaperone.decision'] === 'denial');
  screen.step({
    step: 'every call is a span at the OpenTelemetry Collector, a command each',
    command: 'the traces that it received',
    expected: 'permits and denials',
    outcome: `${calls.length} calls, ${denied.length} of them denied`,
    ok: denied.length > 0 && denied.length < calls.length,
  });
  for (const line of traceTree(spans)) screen.note(line);
  await postSpans(collector);
}

interface Pod {
  readonly spec: {
    readonly automountServiceAccountToken?: boolean;
    readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
    readonly containers: readonly {
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

/** What a person would look for in a pod that was injected. */
function changed({ spec }: Pod): string[] {
  const [sidecar] = spec.initContainers ?? [];
  const env = (name: string) => spec.containers[0]?.env?.find((each) => each.name === name)?.value;
  return [
    `first container: ${sidecar?.name}, restartPolicy ${sidecar?.restartPolicy}`,
    `automountServiceAccountToken: ${spec.automountServiceAccountToken}`,
    `the agent's API server: ${env('KUBERNETES_SERVICE_HOST')}:${env('KUBERNETES_SERVICE_PORT')}`,
  ];
}

const INJECTED = [
  'first container: chaperone, restartPolicy Always',
  'automountServiceAccountToken: false',
  "the agent's API server: 127.0.0.1:15443",
];

function isForbidden({ code, text }: { code: number; text: string }, names: string): boolean {
  return code !== 0 && text.includes('(Forbidden)') && text.includes(names);
}

/** The last event of a watch as a person would say it. */
function lastEvent(events: string): string {
  const line = events.split('\n').findLast((each) => each.startsWith('{')) ?? '{}';
  const { type, object } = JSON.parse(line) as {
    type?: string;
    object?: { code?: number; message?: string };
  };
  return `${type} ${object?.code}: ${object?.message}`;
}
