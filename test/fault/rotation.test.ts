// Everything that ends by its date is renewed under the traffic of a pod that never rests, with two controllers. Time is made
// short where no user can: by the bundle's table of lifetimes, and by roots that are as old as a step needs to be due.
import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { publicationMs, ROOTS } from '../../ca/profiles.ts';
import { makeRoot, type Root } from '../../ca/roots.ts';
import { ok } from '../cluster/pods.ts';
import { call, enrolWith, follow, installedController, podToken } from '../e2e/controller-client.ts';
import { AGENT, uidOf } from '../e2e/controller-fixture.ts';
import { agentPod } from '../e2e/pod-fixture.ts';
import { keepCreating, LIVES_MS, type RootSecret, rootSecret, shownByReplicas } from './rotation-fixture.ts';
import { type Stage, startStage, until } from './rotation-stage.ts';

vi.setConfig({ testTimeout: 180_000 });

/** Each takes two seconds at least, and a replica follows within five. */
const FOLLOWED_AFTER_PODS = 4;

let stage: Stage;
let control: RootSecret;
let loopback: RootSecret;
/** Asked of the webhooks without a pause. */
let creations: Awaited<ReturnType<typeof keepCreating>>;
let old: string;
let next: Root;
/** What the leader made of the loopback roots when it started. */
let started: Awaited<ReturnType<RootSecret['read']>>;

beforeAll(async () => {
  stage = await startStage();
  [control, loopback] = [rootSecret(stage.cluster, 'control'), rootSecret(stage.cluster, 'loopback')];
  old = (await control.read()).signing;
  started = await loopback.read();
  creations = await keepCreating(stage.cluster, stage.agents.name);
}, 240_000);

afterEach(async () => {
  expect(await stage.failures()).toEqual([]);
});

afterAll(async () => {
  await creations?.stop();
  await stage?.cluster.stop();
});

const serials = async () => (await shownByReplicas(stage.cluster)).map(({ serialNumber }) => serialNumber);
const issuers = async () => (await shownByReplicas(stage.cluster)).map(({ issuer }) => issuer.CN);
/** What a pod that is created at this moment is given. */
const rootsGivenNow = () => {
  const path = 'jsonpath={.spec.initContainers[0].env[?(@.name=="CHAPERONE_CONTROL_CA")].value}';
  const input = JSON.stringify(agentPod(stage.agents.name, 'dry'));
  return ok(stage.cluster.kubectl(['create', '--dry-run=server', '-f', '-', '-o', path], { input }));
};

/** The entitlements stream of a pod whose identity nobody renews. */
async function followUnrenewed() {
  const { name: namespace } = stage.agents;
  const uid = await uidOf(stage.cluster, namespace, 'pending');
  const token = await podToken(stage.cluster, { namespace, serviceAccount: AGENT, pod: 'pending', uid });
  const controller = await installedController(stage.cluster);
  const { body: identity } = await enrolWith(controller, token);
  const enrolledMs = performance.now();
  const stream = await follow(controller, identity);
  await stream.until('a snapshot', () => true);
  const end = async () => {
    await until('the stream to end', async () => stream.isOver() || undefined);
    const now = await installedController(stage.cluster);
    expect(await call(now, '/v1/entitlements', identity)).toMatchObject({ status: 401 });
    return { because: stream.endedBecause(), afterMs: performance.now() - enrolledMs };
  };
  return { end };
}

test('a stream ends with its identity, and none is opened with it any more', async () => {
  const { because, afterMs } = await (await followUnrenewed()).end();
  expect(because).toBe('the identity has ended');
  // Certificates count whole seconds.
  expect(afterMs).toBeGreaterThan(LIVES_MS.identity - 2_000);
  expect(afterMs).toBeLessThan(LIVES_MS.identity + 1_000);
});

test('identities are renewed at half their life', async () => {
  const before = await stage.attested('busy');
  const startedMs = performance.now();
  await stage.underTraffic(() =>
    until('two renewals', async () => (await stage.attested('busy')) >= before + 2 || undefined),
  );
  expect(performance.now() - startedMs).toBeGreaterThan(LIVES_MS.identity / 2);
});

test('each replica renews its serving certificate', async () => {
  const before = await serials();
  expect(before).toHaveLength(2);
  await stage.underTraffic(() =>
    until('both to show another', async () => {
      const shown = await serials();
      return !shown.some((serial) => before.includes(serial)) || undefined;
    }),
  );
  expect(new Set(await issuers()).size).toBe(1);
});

test('a control root is published: webhooks, sidecars and new pods trust it while the old one signs', async () => {
  next = await makeRoot('control', Date.now() - 5_000);
  await stage.underTraffic(async () => {
    await control.edit([next]);
    await until('all to trust it', async () => {
      const kept = await stage.sidecarFile('busy', 'control-roots.crt');
      return ((await stage.caBundle()).includes(next.certPem) && kept.includes(next.certPem)) || undefined;
    });
    expect((await control.read()).signing).toBe(old);
  });
});

test('it signs when it is due, by both replicas; a pod that was given both before goes on with it', async () => {
  await stage.underTraffic(async () => {
    await until(
      'new pods to be given both',
      async () => (await rootsGivenNow()).includes(next.certPem) || undefined,
    );
    await stage.agents.start('between');
    const name = new X509Certificate(next.certPem).subject.replace('CN=', '');
    await until('both to show it', async () => (await issuers()).every((each) => each === name) || undefined);
    expect(Date.now() - next.bornMs).toBeGreaterThan(LIVES_MS.serving);
    expect((await control.read()).signing).toBe(next.id);
  });
});

test('all the while every pod that was to be created was admitted', async () => {
  const { created, failures } = await creations.stop();
  expect(failures).toEqual([]);
  expect(created).toBeGreaterThan(100);
});

// By hand, before its end: nothing of its life is left to wait for, which for some seconds costs new pods and nothing else.
test('the old one goes: whose identity it had signed gets another in time', async () => {
  await stage.underTraffic(async () => {
    await control.edit([], [old]);
    await until('nobody to trust it', async () => {
      const kept = await stage.sidecarFile('busy', 'control-roots.crt');
      return (kept === next.certPem && (await stage.caBundle()) === next.certPem) || undefined;
    });
  });
  expect(await stage.agents.kubectl('between', ['get', 'pods', '-n', stage.agents.shop])).toMatchObject({
    code: 0,
  });
  // For `pending`, whose sidecar gives up after a while: what it says is looked at further down.
  await ok(stage.cluster.kubectl(['label', 'node', '--all', 'later=yes']));
});

test('a loopback root signs for new pods; those of before keep the one their clients have read', async () => {
  const [successor = ''] = started.published.filter((id) => id !== stage.firstLoopback.id);
  expect(started.signing).toBe(stage.firstLoopback.id);
  const second = await makeRoot('loopback', Date.now() - publicationMs('loopback'));
  const attested = await stage.attested('crashing');
  await stage.underTraffic(async () => {
    await loopback.edit([second], [successor]);
    await until('it to sign', async () => (await loopback.read()).signing === second.id || undefined);
    await until('a renewal', async () => (await stage.attested('crashing')) > attested || undefined);
  });
  await stage.callAsAtStart();
  await stage.agents.start('new');
  expect(await stage.caOf('new')).toBe(second.id);
  for (const pod of ['crashing', 'between']) expect(await stage.caOf(pod)).toBe(stage.firstLoopback.id);
});

test('also after its sidecar crashed and came back, and was renewed since', async () => {
  const kill = ['-c', 'chaperone', '--', '/usr/local/bin/node', '-e', 'process.kill(1, "SIGTERM")'];
  const restarts = ['get', 'pod', 'crashing', '-n', stage.agents.name, '-o'];
  await ok(stage.cluster.kubectl(['exec', 'crashing', '-n', stage.agents.name, ...kill]));
  await until('another sidecar', async () => {
    const path = 'jsonpath={range .status.initContainerStatuses[0]}{.restartCount} {.ready}{end}';
    // It is attested before it serves.
    return /^[1-9]\d* true$/.test(await ok(stage.cluster.kubectl([...restarts, path]))) || undefined;
  });
  const attested = await stage.attested('crashing');
  await until('a renewal', async () => (await stage.attested('crashing')) > attested || undefined);
  await stage.callAsAtStart();
  expect(await stage.caOf('crashing')).toBe(stage.firstLoopback.id);
});

test('a loopback root that has ended leaves, and is missed by nobody', async () => {
  const ended = await makeRoot('loopback', Date.now() - ROOTS.loopback.validForMs);
  await stage.underTraffic(async () => {
    await loopback.edit([ended]);
    await until(
      'it to leave',
      async () => !(await loopback.read()).published.includes(ended.id) || undefined,
    );
  });
});

test('the API credential: a token that the kubelet has replaced is taken up', async () => {
  const account = `system:serviceaccount:${stage.agents.name}:triage-bot`;
  const credentials = async () => {
    const calls = await stage.cluster.audit.calls();
    const ids = calls.flatMap(({ user: { username, extra = {} } }) =>
      username === account && extra['authentication.kubernetes.io/pod-name']?.[0] === 'busy'
        ? (extra['authentication.kubernetes.io/credential-id'] ?? [])
        : [],
    );
    return new Set(ids).size;
  };
  expect(await credentials()).toBe(1);
  await stage.underTraffic(async () => {
    // One that has just started asks for new tokens.
    await stage.cluster.component('kubelet').restart();
    await until('calls with another token', async () => (await credentials()) > 1 || undefined);
  });
});

test('a pod that waited for a node all the while is told to be made anew', async () => {
  const describe = ['describe', 'pod', 'pending', '-n', stage.agents.name];
  await until(
    'describe to say why',
    async () =>
      (await ok(stage.cluster.kubectl(describe))).includes('delete the pod: its workload makes one') ||
      undefined,
  );
});

test('control roots that a person deletes are replaced at once, and no call fails', async () => {
  const unrenewed = await followUnrenewed();
  await stage.underTraffic(async () => {
    await control.delete();
    expect((await unrenewed.end()).because).toBe('the root of the identity is trusted no more');
    await until('others, shown by both replicas', async () => {
      const bundle = await stage.caBundle();
      const shown = await issuers();
      return (!bundle.includes(next.certPem) && new Set(shown).size === 1 && shown[0]) || undefined;
    });
  });
});

test('a caBundle that a person takes away is put back', async () => {
  const take = JSON.stringify([{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }]);
  const webhooks = ['mutatingwebhookconfiguration', 'chaperone', '--type=json', '-p', take];
  await ok(stage.cluster.kubectl(['patch', ...webhooks]));
  await until('it to be back', async () => (await stage.caBundle()) !== '' || undefined);
});

test('loopback roots that a person deletes are lost to the pods of before, which are told, and new ones start', async () => {
  await loopback.delete();
  await until('an Event', async () => {
    const events = ['get', 'events', '-n', stage.agents.name, '--field-selector=reason=AttestationRefused'];
    const said = await ok(stage.cluster.kubectl([...events, '-o', 'jsonpath={.items[*].message}']));
    return said.includes("the root that the pod's clients trust has ended or is not held here") || undefined;
  });
  // A replica that has not heard of it yet may still give the old one, for as long as it follows the Secrets (keeping.ts).
  let tries = 0;
  await until('a new pod with the new root', async () => {
    tries += 1;
    await stage.agents.start(`newest-${tries}`);
    return (await stage.caOf(`newest-${tries}`)) === (await loopback.read()).signing || undefined;
  });
  expect(tries).toBeLessThanOrEqual(FOLLOWED_AFTER_PODS);
});
