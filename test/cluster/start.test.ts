// Clusters stand side by side, their parts can be stopped and started, and nothing of one outlives its parent.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { openCluster } from './cluster.ts';
import { freshNamespace, suiteCluster } from './fixture.ts';
import { agentImage } from './images.ts';
import { ok, startAgent } from './pods.ts';
import { startCluster } from './start.ts';
import { remaining, tracesOf } from './traces.ts';
import { waitFor } from './wait.ts';

test('a second cluster stands beside the first; neither sees the other, and it stops alone', async () => {
  const first = await suiteCluster();
  const second = await startCluster();
  try {
    expect(second.server).not.toBe(first.server);
    await ok(second.kubectl(['create', 'namespace', 'only-in-second']));
    expect((await first.kubectl(['get', 'namespace', 'only-in-second'])).stderr).toContain('NotFound');
    await second.loadImages([await agentImage(second.programs.kubectl)]);
    await startAgent(second, 'default');
    const traces = await tracesOf(second.folder);
    await second.stop();
    expect(remaining(traces)).toEqual([]);
  } finally {
    await second.stop();
  }
  await using namespace = await freshNamespace(first, 'beside');
  await startAgent(first, namespace.name);
});

test('a control plane alone needs no box, and its parts can be stopped and started', async () => {
  const cluster = await startCluster({ node: false });
  try {
    await ok(cluster.kubectl(['create', 'namespace', 'kept']));
    const apiServer = cluster.component('kube-apiserver');
    await apiServer.stop();
    expect(await apiServer.running()).toBe(false);
    expect((await cluster.kubectl(['get', 'namespace', 'kept'])).code).not.toBe(0);
    await apiServer.start();
    const probe = async () => (await cluster.kubectl(['get', 'namespace', 'kept'])).code === 0 || undefined;
    await waitFor({ what: 'the API server to come back', timeoutMs: 30_000, probe, evidence: apiServer.log });
    const traces = await tracesOf(cluster.folder);
    await cluster.stop();
    expect(remaining(traces)).toEqual([]);
  } finally {
    await cluster.stop();
  }
});

test.for([
  { what: 'a cluster with a node', node: true, processes: 10 },
  { what: 'a control plane alone', node: false, processes: 4 },
])('$what whose parent is killed with SIGKILL leaves nothing behind', async ({ node, processes }) => {
  const start = JSON.stringify(join(import.meta.dirname, 'start.ts'));
  const script = `import { startCluster } from ${start};
    console.log((await startCluster({ node: ${node} })).folder);
    setInterval(() => {}, 1000);`;
  const argv = ['--input-type=module', '--eval', script];
  const parent = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [folder] = (await once(createInterface(parent.stdout), 'line')) as [string];
  if (node) {
    const cluster = await openCluster(folder);
    await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
    await startAgent(cluster, 'default');
  }
  const traces = await tracesOf(folder);
  expect(traces.processes.length).toBeGreaterThanOrEqual(processes);
  expect([traces.links.length, traces.cgroups.length > 0]).toEqual(node ? [1, true] : [0, false]);

  parent.kill('SIGKILL');
  const probe = () => remaining(traces).length === 0 || undefined;
  const evidence = () => remaining(traces).join('\n');
  await waitFor({ what: 'all of it to be gone', timeoutMs: 20_000, probe, evidence });
});
