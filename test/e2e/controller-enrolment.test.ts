// Attestation by the installed controller: who gets an identity, who does not, and where its owner reads why.
import { expect, test } from 'vitest';
import { PROOF_WINDOW_MS } from '../../ca/attest.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { call, enrolWith, installedController, podToken } from './controller-client.ts';
import { AGENT, agentNamespace } from './controller-fixture.ts';

const cluster = await suiteCluster();
const controller = await installedController(cluster);

const codeOf = ({ body }: { body: { details?: { causes: readonly { reason: string }[] } } }) =>
  body.details?.causes[0]?.reason;

test('attests the sidecar of an injected pod, and serves the identity that it gave', async () => {
  await using agents = await agentNamespace(cluster, 'enrol');
  const uid = await agents.startPod('agent');
  const token = await podToken(cluster, { namespace: agents.name, serviceAccount: AGENT, pod: 'agent', uid });
  const answer = await enrolWith(controller, token);
  expect(answer.status).toBe(200);
  expect(answer.body.controlRoots).toBe(controller.roots);
});

test('refuses the genuine token of an uninjected pod under the same ServiceAccount, and says so on the pod', async () => {
  await using agents = await agentNamespace(cluster, 'uninjected');
  // A pod from before: without the policy and the label nothing stands in its way.
  const here = ['-n', agents.name];
  await ok(cluster.kubectl(['delete', 'agentpolicy', 'triage', ...here]));
  await ok(cluster.kubectl(['label', 'namespace', agents.name, 'chaperone.dev/inject-']));
  // The API server's own caches learn of it a little later: the first pod of a name that it lets through uninjected counts.
  const { pod, uid } = await waitFor({
    what: 'a pod without sidecar',
    timeoutMs: 10_000,
    probe: async () => {
      const name = `plain-${Math.random().toString(36).slice(2)}`;
      const started = await agents.startPod(name).catch(() => undefined);
      const containers = ['get', 'pod', name, ...here, '-o', 'jsonpath={.spec.initContainers}'];
      const isPlain = started !== undefined && (await ok(cluster.kubectl(containers))) === '';
      return isPlain ? { pod: name, uid: started } : undefined;
    },
  });
  await ok(cluster.kubectl(['label', 'namespace', agents.name, 'chaperone.dev/inject=enabled']));

  const token = await podToken(cluster, { namespace: agents.name, serviceAccount: AGENT, pod, uid });
  const answer = await enrolWith(controller, token);
  expect([answer.status, codeOf(answer)]).toEqual([403, 'SidecarMissing']);
  const described = await ok(cluster.kubectl(['describe', 'pod', pod, ...here]));
  expect(described).toMatch(
    /Warning\s+AttestationRefused.*does not carry the sidecar that chaperone injects/,
  );
});

test('refuses the right pod where admission does not look, since there anything can look like a sidecar', async () => {
  await using agents = await agentNamespace(cluster, 'unlabelled');
  const here = ['-n', agents.name];
  const uid = await agents.startPod('agent');
  const token = await podToken(cluster, { namespace: agents.name, serviceAccount: AGENT, pod: 'agent', uid });
  await ok(cluster.kubectl(['delete', 'agentpolicy', 'triage', ...here]));
  const unlabel = ['label', 'namespace', agents.name, 'chaperone.dev/inject-'];
  await expect.poll(async () => (await cluster.kubectl(unlabel)).code).toBe(0);
  const answer = await enrolWith(controller, token);
  expect([answer.status, codeOf(answer)]).toEqual([403, 'NamespaceUnseen']);
});

test('refuses the right pod with a token of another audience', async () => {
  await using agents = await agentNamespace(cluster, 'audience');
  const uid = await agents.startPod('agent');
  const pod = { namespace: agents.name, serviceAccount: AGENT, pod: 'agent', uid };
  const audience = 'https://kubernetes.default.svc.cluster.local';
  const answer = await enrolWith(controller, await podToken(cluster, pod, audience));
  expect([answer.status, codeOf(answer)]).toEqual([401, 'TokenRejected']);
});

test('refuses the token of a deleted pod, also when another has its name', async () => {
  await using agents = await agentNamespace(cluster, 'deleted');
  const uid = await agents.startPod('agent');
  const token = await podToken(cluster, { namespace: agents.name, serviceAccount: AGENT, pod: 'agent', uid });
  await ok(cluster.kubectl(['delete', 'pod', 'agent', '-n', agents.name, '--wait=true']));
  // The API server may believe the token for some seconds; the pod is asked for as well.
  expect((await enrolWith(controller, token)).status).toBeGreaterThanOrEqual(401);
  await agents.startPod('agent');
  const answer = await enrolWith(controller, token);
  expect(answer.status).toBeGreaterThanOrEqual(401);
  expect(['TokenRejected', 'OtherPod']).toContain(codeOf(answer));
});

test('refuses the genuine token of another pod, of a ServiceAccount bound to no pod, and a stale proof', async () => {
  await using agents = await agentNamespace(cluster, 'other');
  const uid = await agents.startPod('agent');
  const own = await podToken(cluster, { namespace: agents.name, serviceAccount: AGENT, pod: 'agent', uid });
  const unbound = await ok(
    cluster.kubectl(['create', 'token', AGENT, '-n', agents.name, '--audience', 'chaperone']),
  );
  const unboundAnswer = await enrolWith(controller, unbound.trim());
  expect([unboundAnswer.status, codeOf(unboundAnswer)]).toEqual([403, 'NotAPod']);

  // Proofs made for one token do not carry another.
  const otherUid = await agents.startPod('another');
  const other = await podToken(cluster, {
    namespace: agents.name,
    serviceAccount: AGENT,
    pod: 'another',
    uid: otherUid,
  });
  const swapped = await enrolWith(controller, own, { token: other });
  expect([swapped.status, codeOf(swapped)]).toEqual([401, 'ProofMismatch']);

  const stale = await enrolWith(controller, own, { timeMs: Date.now() - PROOF_WINDOW_MS - 1000 });
  expect([stale.status, codeOf(stale)]).toEqual([401, 'StaleProof']);
});

test('gives no entitlements without an identity, and knows no other path', async () => {
  expect((await call(controller, '/v1/entitlements')).status).toBe(401);
  expect((await call(controller, '/v2/entitlements')).status).toBe(404);
});

test('injects a pod of a labelled namespace even before any policy names its ServiceAccount', async () => {
  await using agents = await agentNamespace(cluster, 'inject');
  const uid = await agents.startPod('nobody', 'default');
  const names = ['get', 'pod', 'nobody', '-n', agents.name, '-o', 'jsonpath={.spec.initContainers[*].name}'];
  expect(await ok(cluster.kubectl(names))).toBe('chaperone');
  const token = await podToken(cluster, {
    namespace: agents.name,
    serviceAccount: 'default',
    pod: 'nobody',
    uid,
  });
  expect((await enrolWith(controller, token)).status).toBe(200);
});
