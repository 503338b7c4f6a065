// Which of two replicas leads, one of which can be cut off from the API server by a relay: never both.
import { expect, test } from 'vitest';
import { startLeadership } from '../../controller/leadership/leadership.ts';
import { DURATION_MS, RENEW_DEADLINE_MS } from '../../controller/leadership/record.ts';
import { startRelay } from '../../sidecar/test-relay.ts';
import { freshNamespace, suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { connectTo, log } from '../e2e/controller-process.ts';
import { SYSTEM } from '../install.ts';

const cluster = await suiteCluster();

test('one leads; cut off, it knows so before another leads; stopped, it hands over at once', async () => {
  await using fresh = await freshNamespace(cluster, 'leadership');
  const namespace = fresh.name;
  const { hostname: host, port } = new URL(cluster.server);
  await using relay = await startRelay({ host, port: Number(port) });
  const [cut, straight] = [await connectTo(cluster, `https://${relay.address}`), await connectTo(cluster)];
  const first = startLeadership({ kube: cut, namespace, identity: 'first', log });
  const untilLeads = (leadership: typeof first, timeoutMs: number) =>
    waitFor({ what: 'it to lead', timeoutMs, probe: () => leadership.leading() || undefined });
  await untilLeads(first, 5_000);
  const second = startLeadership({ kube: straight, namespace, identity: 'second', log });
  let both = 0;
  const looks = setInterval(() => {
    if (first.leading() && second.leading()) both += 1;
  }, 5);

  relay.stall();
  const stalledMs = performance.now();
  await waitFor({
    what: 'the first to stop',
    timeoutMs: DURATION_MS,
    probe: () => !first.leading() || undefined,
  });
  expect(performance.now() - stalledMs).toBeLessThan(RENEW_DEADLINE_MS + 1_000);
  expect(second.leading()).toBe(false);
  // It renewed at most 2 s before, and is looked at every 2 s.
  await untilLeads(second, DURATION_MS + 5_000);

  relay.resume();
  await second.stop();
  // Long before its time would have been over.
  await untilLeads(first, DURATION_MS / 2);
  await first.stop();
  clearInterval(looks);
  expect(both).toBe(0);
  const lease = ['get', 'lease', 'chaperone', '-n', namespace, '-o', 'jsonpath={.spec.holderIdentity}'];
  expect(await ok(cluster.kubectl(lease))).toBe('');
});

test('one of the installed replicas leads, and may do what it alone does', async () => {
  const here = ['-n', SYSTEM, '-o'];
  const holder = await ok(
    cluster.kubectl(['get', 'lease', 'chaperone', ...here, 'jsonpath={.spec.holderIdentity}']),
  );
  const pods = ['get', 'pods', '-l', 'app.kubernetes.io/name=chaperone', ...here, 'name'];
  expect((await ok(cluster.kubectl(pods))).split('\n')).toContain(`pod/${holder}`);
  const as = ['--as', `system:serviceaccount:${SYSTEM}:chaperone`, '--all-namespaces'];
  expect(await ok(cluster.kubectl(['auth', 'can-i', 'delete', 'grants.chaperone.dev', ...as]))).toBe('yes\n');
});
