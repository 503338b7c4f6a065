// An exec, a port-forward and a watch on which nothing is said for an hour are still there, by every transport.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { create } from '../cluster/pods.ts';
import { mustOpen } from '../streams/command.ts';
import { mustOpenPorts } from '../streams/ports.ts';
import { commandQuery, ECHO, streamRules, streamStage } from '../streams/stage.ts';

const HOUR_MS = 3_600_000;

const cluster = await suiteCluster();
const stage = await streamStage(cluster, 'idle');
const { governed, through, pod, namespace } = stage;
afterAll(() => stage[Symbol.asyncDispose]());

test('idle for an hour', { timeout: HOUR_MS + 300_000 }, async () => {
  // What ends it but for its permit and either side: nothing. So the permit is made to last.
  const maps = {
    namespaces: [namespace],
    apiGroups: [''],
    resources: ['configmaps'],
    verbs: ['list' as const, 'watch' as const],
  };
  governed.entitle({
    rules: [...streamRules(namespace), maps],
    standingMs: 4 * HOUR_MS,
    leaseMs: 4 * HOUR_MS,
  });
  const shells = await Promise.all(
    [
      { transport: 'websocket' as const, protocols: ['v5.channel.k8s.io'] },
      { transport: 'spdy' as const, protocols: ['v4.channel.k8s.io'] },
    ].map((version) => {
      const query = commandQuery({ argv: ['sh', '-c', 'exec cat'], stdin: true });
      return mustOpen(through, { ...version, path: `${pod}/exec`, query });
    }),
  );
  const forwards = await Promise.all(
    (['spdy', 'tunnel'] as const).map(async (transport) =>
      (await mustOpenPorts(through, `${pod}/portforward`, transport, [])).connect(ECHO),
    ),
  );
  const core = `/api/v1/namespaces/${namespace}/configmaps`;
  const watches = await Promise.all(
    (['h1', 'h2'] as const).map((protocol) =>
      governed.agent.stream(protocol, { path: `${core}?watch=1&timeoutSeconds=5400` }),
    ),
  );
  await delay(HOUR_MS);
  await create(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'later', namespace } });
  for (const watch of watches) await watch.until(/"name":"later"/);
  for (const shell of shells) {
    shell.send('stdin', 'still here');
    await shell.until('stdout', /still here/);
  }
  for (const forward of forwards) {
    forward.write('still here');
    await forward.until(/still here/);
    expect(forward.error()).toBe('');
  }
});
